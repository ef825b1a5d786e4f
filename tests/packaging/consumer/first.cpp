#ifdef CONSUMER_EVERY_WING
#include "every_wing.hpp"
#else
#include "each_target.hpp"
#endif

#include <cstdio>

#ifndef CONSUMER_SINGLE_HEADER
std::string second();
#endif

int main() {
    auto const here = said();
    std::puts(here.c_str());
#ifdef CONSUMER_SINGLE_HEADER
    return 0;
#else
    return here == second() ? 0 : 1;
#endif
}
