#include "every_wing.hpp"

#include <cstdio>

std::string second();

int main() {
    auto const here = every_wing();
    std::puts(here.c_str());
    return here == second() ? 0 : 1;
}
