#ifdef CONSUMER_EVERY_WING
#include "every_wing.hpp"
#else
#include "each_target.hpp"
#endif

#include <cstdio>

std::string second();

int main() {
    auto const here = said();
    std::puts(here.c_str());
    return here == second() ? 0 : 1;
}
