#include "sql_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    weft_fuzz::check_copy(data, size, weft::sql::copy_format::binary);
    return 0;
}
