#ifdef CONSUMER_EVERY_WING
#include "every_wing.hpp"
#else
#include "each_target.hpp"
#endif

std::string second();
std::string second() {
    return said();
}
