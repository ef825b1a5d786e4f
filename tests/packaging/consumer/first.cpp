#include "weft/core/number.hpp"
std::string second();
int main() { return second() == weft::to_text(0.5) ? 0 : 1; }
