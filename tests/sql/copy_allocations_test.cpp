// Writing and reading a COPY takes no memory for each row. Counts what the program allocates.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "support.hpp"
#include "weft/sql/copy.hpp"

namespace {

std::atomic<bool> counting = false;
std::atomic<std::size_t> allocations = 0;

} // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    if (counting) ++allocations;
    if (void* const p = std::malloc(size == 0 ? 1 : size)) return p;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

namespace {

using namespace weft::sql;
using weft::schema::compatibility_cache;

std::size_t allocations_of(auto&& work) {
    allocations = 0;
    counting = true;
    work();
    counting = false;
    return allocations;
}

TEST(copy_allocations, none_for_a_row) {
    auto row = weft_test::with_defaults(weft_test::sample<compatibility_cache>());
    row.source_id = std::string(36, 'a');
    row.knot_compatibility = 0.1;
    row.calculation_method = "a method with a long name";
    row.source_snapshot = weft::schema::jsonb{R"({"name":"long enough for no small buffer\n"})"};
    row.metadata.reset();
    for (auto const format : {copy_format::text, copy_format::binary}) {
        std::size_t bytes = 0;
        std::string stream;
        stream.reserve(1'000'000);
        auto writer = make_copy_writer<compatibility_cache>(format, [&](std::string_view piece) {
            bytes += piece.size();
            if (stream.size() + piece.size() < stream.capacity()) stream += piece;
        });
        writer.write(row);
        EXPECT_EQ(allocations_of([&] {
                      for (int i = 1; i < 1'000; ++i) writer.write(row);
                  }),
                  0U);
        writer.finish();
        ASSERT_EQ(stream.size(), bytes);

        copy_reader<compatibility_cache> reader(format);
        std::size_t before = 0;
        std::size_t rows = 0;
        auto const all = allocations_of([&] {
            reader.read(stream, [&](compatibility_cache&) {
                if (++rows == 1) before = allocations;
            });
        });
        EXPECT_EQ(rows, 1'000U);
        EXPECT_LE(all - before, format == copy_format::text ? 1U : 0U);
        reader.finish();
    }
}

} // namespace
