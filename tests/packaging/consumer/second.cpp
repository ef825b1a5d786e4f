#include "weft/core/number.hpp"
std::string second();
std::string second() { return weft::to_text(0.5); }
