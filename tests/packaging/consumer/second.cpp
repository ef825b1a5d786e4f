#include "every_wing.hpp"

std::string second();
std::string second() {
    return every_wing();
}
