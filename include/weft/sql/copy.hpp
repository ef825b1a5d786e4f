#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/schema/column.hpp"
#include "weft/schema/utf8.hpp"
#include "weft/schema/validate.hpp"
#include "weft/sql/decode.hpp"
#include "weft/sql/statement.hpp"
#include "weft/sql/wire.hpp"

/// PostgreSQL's COPY, text and binary, written and read as a stream. COPY knows no default: an
/// unset optional is written as the column's default where that is a constant, and refused where it
/// is not (id, created_at and the like).
namespace weft::inline v0::sql {

using copy_format = wire_format;

/// `copy <table> (<columns>) from stdin`, for rows written by copy_writer.
template <schema::TableRow Row>
[[nodiscard]] std::string copy_statement(copy_format format, std::string const& schema = {}) {
    return "copy " + detail::table_text<Row>(schema) + " (" + detail::column_list<Row>() +
           ") from stdin" + (format == copy_format::binary ? " (format binary)" : "");
}

/// `copy <table> (<columns>) to stdout`, for copy_reader. Rows come in no particular order.
template <schema::TableRow Row>
[[nodiscard]] std::string copy_out_statement(copy_format format, std::string const& schema = {}) {
    return "copy " + detail::table_text<Row>(schema) + " (" + detail::column_list<Row>() +
           ") to stdout" + (format == copy_format::binary ? " (format binary)" : "");
}

/// What takes a stream of bytes: something called with each piece, or an output iterator of char.
template <class T>
concept ByteSink = std::invocable<T&, std::string_view> || std::output_iterator<T, char>;

/// Where the rows of a COPY go.
enum class copy_target : std::uint8_t {
    table,
    /// A table without constraints, from which a statement moves the rows on: an unset optional is
    /// NULL there, whatever its column says.
    staging,
};

namespace detail {

inline constexpr std::string_view copy_signature{"PGCOPY\n\377\r\n\0", 11};
inline constexpr std::size_t copy_header_bytes = 19;

/// COPY's backslash escapes; every other byte stands for itself. At most twice the bytes of `text`.
inline char* put_escaped(char* at, std::string_view text) noexcept {
    std::size_t i = 0;
    auto const one = [&](char c) {
        char letter = 0;
        switch (c) {
        case '\b':
            letter = 'b';
            break;
        case '\f':
            letter = 'f';
            break;
        case '\n':
            letter = 'n';
            break;
        case '\r':
            letter = 'r';
            break;
        case '\t':
            letter = 't';
            break;
        case '\v':
            letter = 'v';
            break;
        case '\\':
            letter = '\\';
            break;
        default:
            *at++ = c;
            return;
        }
        *at++ = '\\';
        *at++ = letter;
    };
    while (text.size() - i >= 8) {
        auto const word = schema::detail::eight_bytes(text, i);
        if ((schema::detail::odd_bytes(word) | schema::detail::bytes_equal(word, '\\')) == 0) {
            std::memcpy(at, text.data() + i, 8);
            at += 8;
            i += 8;
            continue;
        }
        for (std::size_t const end = i + 8; i < end; ++i) one(text[i]);
    }
    for (; i < text.size(); ++i) one(text[i]);
    return at;
}

template <class T>
char* put_copy_text(char* at, T const& field) {
    if constexpr (schema::Enumeration<T>) {
        return put_bytes(at, to_text(field));
    } else if constexpr (std::is_same_v<T, std::string>) {
        return put_escaped(at, field);
    } else if constexpr (std::is_same_v<T, schema::jsonb>) {
        return put_escaped(at, field.text);
    } else if constexpr (std::is_same_v<T, instant>) {
        return put_instant_text(at, field);
    } else if constexpr (std::is_same_v<T, uuid>) {
        return put_uuid_text(at, field);
    } else if constexpr (std::is_same_v<T, double>) {
        return put_double_text(at, field);
    } else {
        static_assert(std::is_same_v<T, std::int32_t>);
        return put_integer_text(at, field);
    }
}

/// What is known about all rows of a stream before the first one.
template <class Row>
class copy_encoder {
public:
    copy_encoder(copy_format format, write_options const& options, copy_target target)
        : format_(format) {
        check_options<Row>(options);
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            using type = typename schema::column<Row, Field>::value_type;
            using enum schema::column_default;
            auto& unset = unset_[k++];
            bool const to_table = target == copy_target::table;
            unset.refused =
                to_table && (c.info.default_kind == random_uuid || c.info.default_kind == now);
            bool const is_default = to_table && c.info.has_default() && !unset.refused &&
                                    !null_where_unset(options, c.info.name);
            if (!is_default) {
                unset.bytes = format == copy_format::binary ? "\xff\xff\xff\xff" : "\\N";
            } else if constexpr (std::is_same_v<type, std::int32_t>) {
                unset.bytes = written(c.info.default_integer);
            } else if constexpr (std::is_same_v<type, schema::jsonb>) {
                unset.bytes = written(schema::jsonb{std::string(c.info.default_text)});
            } else {
                unset.bytes = written(std::string(c.info.default_text));
            }
            std::memcpy(unset.head.data(), unset.bytes.data(),
                        unset.bytes.size() < slack ? unset.bytes.size() : slack);
            fixed_ += unset.bytes.size() > longest_value<type>() ? unset.bytes.size()
                                                                 : longest_value<type>();
        });
        fixed_ += 2 + schema::column_count<Row> + slack;
    }

    /// Throws, before anything is written, where the row is faulty or leaves out what COPY cannot;
    /// otherwise at least as many bytes as the row will take.
    [[nodiscard]] std::size_t bound(Row const& row) const {
        schema::validate(row);
        std::size_t text = 0;
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            auto const& unset = unset_[k++];
            auto const* const field = schema::value_of(c, row);
            if constexpr (schema::column<Row, Field>::optional) {
                if (field == nullptr && unset.refused) {
                    schema::detail::refuse<Row>(c.info, "nothing",
                                                "a value (COPY has no defaults)");
                }
            }
            using type = typename schema::column<Row, Field>::value_type;
            if constexpr (std::is_same_v<type, std::string> ||
                          std::is_same_v<type, schema::jsonb>) {
                auto const size = field == nullptr ? 0 : text_bytes(*field);
                if (size >= most_field_bytes) {
                    schema::detail::refuse<Row>(c.info, weft::to_text(size) + " bytes",
                                                "below 1 GiB");
                }
                text += size;
            }
        });
        return fixed_ + (format_ == copy_format::binary ? text : 2 * text);
    }

    /// Writes the row, of which bound() was asked, and gives the end. A call for each of some
    /// twenty columns takes a third of the time: all of them are put into this function.
    [[nodiscard]] [[gnu::flatten]] char* put(char* at, Row const& row) {
        bool const binary = format_ == copy_format::binary;
        if (binary) at = put_big_endian(at, static_cast<std::uint16_t>(schema::column_count<Row>));
        std::size_t k = 0;
        schema::for_each_column<Row>([&]<class Field>(schema::column<Row, Field> const& c) {
            using type = typename schema::column<Row, Field>::value_type;
            auto const& unset = unset_[k];
            auto& last = last_[k];
            if (!binary && k > 0) *at++ = '\t';
            ++k;
            auto const* const field = schema::value_of(c, row);
            if constexpr (schema::column<Row, Field>::optional) {
                if (field == nullptr) {
                    // Most are short: a copy of fixed length, over which the next field is written.
                    if (unset.bytes.size() <= slack) {
                        std::memcpy(at, unset.head.data(), slack);
                        at += unset.bytes.size();
                    } else {
                        at = put_bytes(at, unset.bytes);
                    }
                    return;
                }
            }
            if constexpr (std::is_same_v<type, instant>) {
                if (!binary) {
                    at = last.put(at, *field);
                    return;
                }
            }
            at = binary ? put_binary(at, *field) : put_copy_text(at, *field);
        });
        if (!binary) *at++ = '\n';
        return at;
    }

private:
    static constexpr std::size_t slack = 16;

    struct unset_column {
        std::string bytes;
        std::array<char, slack> head{};
        bool refused = false;
    };

    /// Rows written together mostly share their instants, column by column.
    struct last_instant {
        instant at{};
        std::size_t size = 0;
        std::array<char, 32> text{};

        char* put(char* to, instant t) noexcept {
            if (size == 0 || t != at) {
                at = t;
                size = static_cast<std::size_t>(put_instant_text(text.data(), t) - text.data());
            }
            std::memcpy(to, text.data(), text.size());
            return to + size;
        }
    };

    /// Bytes of a field of this type beside its text: a uuid's 36, a double's 24, an instant's 27.
    template <class T>
    [[nodiscard]] static constexpr std::size_t longest_value() {
        std::size_t longest = 40;
        if constexpr (schema::Enumeration<T>) {
            for (auto const text : schema::enum_names<T>::texts) {
                if (text.size() + 4 > longest) longest = text.size() + 4;
            }
        }
        return longest;
    }

    template <class T>
    [[nodiscard]] std::string written(T const& field) const {
        std::string out(binary_overhead + longest_value<T>() + 2 * text_bytes(field), '\0');
        auto const* const end = format_ == copy_format::binary ? put_binary(out.data(), field)
                                                               : put_copy_text(out.data(), field);
        out.resize(static_cast<std::size_t>(end - out.data()));
        return out;
    }

    copy_format format_;
    std::size_t fixed_ = 0;
    std::array<unset_column, schema::column_count<Row>> unset_;
    std::array<last_instant, schema::column_count<Row>> last_;
};

template <class Row>
void append_copy(std::string& out, Row const& row, copy_format format,
                 write_options const& options) {
    copy_encoder<Row> encoder(format, options, copy_target::table);
    auto const size = out.size();
    out.resize(size + encoder.bound(row));
    auto const* const end = encoder.put(out.data() + size, row);
    out.resize(static_cast<std::size_t>(end - out.data()));
}

} // namespace detail

/// Writes rows as one stream of COPY. What is written collects in a buffer of `piece` bytes (of the
/// longest row, where that is more) and goes to the sink when that is full; a row allocates
/// nothing once the buffer is as long as the longest one.
template <schema::TableRow Row, ByteSink Sink>
class copy_writer {
public:
    /// Throws invalid_argument where the options name a column that they cannot.
    explicit copy_writer(copy_format format, Sink to, write_options const& options = {},
                         copy_target target = copy_target::table,
                         std::size_t piece = std::size_t{1} << 16U)
        : encoder_(format, options, target)
        , sink_(std::move(to))
        , format_(format)
        , piece_(piece) {
        reserve(detail::copy_header_bytes);
        if (format == copy_format::binary) {
            auto* const end = detail::put_bytes(buffer_.get(), detail::copy_signature);
            std::memset(end, 0, 8); // no flags, no extension
            used_ = detail::copy_header_bytes;
        }
    }

    copy_writer(copy_writer&&) noexcept = default;
    copy_writer& operator=(copy_writer&&) noexcept = default;

    /// Throws invalid_argument, and writes nothing of the row, where it is faulty (as
    /// schema::validate) or leaves out what COPY cannot; and whatever the sink throws. After
    /// that the writer takes no row and no finish (invalid_argument).
    void write(Row const& row) {
        if (finished_) {
            WEFT_THROW(invalid_argument("row", "one more", "none after finish"));
        }
        require_whole();
        reserve(encoder_.bound(row));
        auto const* const end = encoder_.put(buffer_.get() + used_, row);
        used_ = static_cast<std::size_t>(end - buffer_.get());
        ++rows_;
    }

    /// Ends the stream and gives the rest to the sink. A stream that is not finished is not ended
    /// by the destructor, so that a broken one never looks whole.
    void finish() {
        if (finished_) return;
        require_whole();
        reserve(2);
        if (format_ == copy_format::binary) {
            detail::put_big_endian(buffer_.get() + used_, std::uint16_t{0xffff});
            used_ += 2;
        }
        flush();
        finished_ = true;
    }

    /// How many rows were written.
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

    /// The sink; for an output iterator, where it stands after the last piece.
    [[nodiscard]] Sink& sink() noexcept { return sink_; }

private:
    void reserve(std::size_t bytes) {
        if (capacity_ - used_ >= bytes) return;
        flush();
        if (capacity_ >= bytes) return;
        capacity_ = bytes > piece_ ? bytes : piece_;
        buffer_ = std::make_unique_for_overwrite<char[]>(capacity_);
    }

    void require_whole() const {
        if (broken_) {
            WEFT_THROW(
                invalid_argument("copy_writer", "a stream whose sink threw", "a new writer"));
        }
    }

    void flush() {
        if (used_ == 0) return;
        std::string_view const bytes(buffer_.get(), used_);
        used_ = 0;
        broken_ = true;
        if constexpr (std::invocable<Sink&, std::string_view>) {
            sink_(bytes);
        } else {
            for (char const c : bytes) {
                *sink_ = c;
                ++sink_;
            }
        }
        broken_ = false;
    }

    detail::copy_encoder<Row> encoder_;
    Sink sink_;
    copy_format format_;
    std::size_t piece_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
    std::size_t rows_ = 0;
    bool finished_ = false;
    bool broken_ = false; ///< the sink threw: a piece is missing
};

/// A copy_writer of `Row` with its sink's type deduced.
template <schema::TableRow Row, ByteSink Sink>
[[nodiscard]] copy_writer<Row, Sink> make_copy_writer(copy_format format, Sink sink,
                                                      write_options const& options = {},
                                                      copy_target target = copy_target::table) {
    return copy_writer<Row, Sink>(format, std::move(sink), options, target);
}

/// Appends one line in COPY's text format. Throws invalid_argument, and appends nothing, where the
/// row is faulty (as schema::validate) or leaves out what COPY cannot. For more than a few rows a
/// copy_writer is faster.
template <schema::TableRow Row>
void append_copy_text(std::string& out, Row const& row, write_options const& options = {}) {
    detail::append_copy(out, row, copy_format::text, options);
}

/// Opens a stream in COPY's binary format.
inline void append_copy_binary_header(std::string& out) {
    out += detail::copy_signature;
    out.append(8, '\0');
}

/// Closes it.
inline void append_copy_binary_trailer(std::string& out) {
    out += "\xff\xff";
}

/// Appends one row in COPY's binary format; as append_copy_text otherwise.
template <schema::TableRow Row>
void append_copy_binary(std::string& out, Row const& row, write_options const& options = {}) {
    detail::append_copy(out, row, copy_format::binary, options);
}

/// Reads a stream of COPY (`COPY ... TO STDOUT`, a file) in pieces of any size. Text lines end with
/// a line feed; the marker `\.` may end the stream. Keeps no more than a row that is not yet whole.
template <schema::TableRow Row>
class copy_reader {
public:
    /// Of a stream with all columns in the table's order, as copy_out_statement asks for.
    explicit copy_reader(copy_format format)
        : copy_reader(format, detail::column_names<Row>()) {}

    /// Of a stream with these columns. Throws invalid_argument as row_decoder.
    copy_reader(copy_format format, std::span<std::string const> columns,
                decode_options const& options = {})
        : decoder_(columns, format, options)
        , fields_(columns.size())
        , format_(format)
        , begun_(format == copy_format::text) {}

    /// Takes the next piece and calls `each(Row&)` for every row that is whole with it; the row is
    /// used again for the next one, but may be moved from. Throws parse_error with the byte of the
    /// stream where its form is broken, invalid_argument naming column, row number and value where
    /// a field does not fit. After that, or after an exception of `each`, the reader is done with.
    template <class F>
    void read(std::string_view bytes, F&& each) {
        if (broken_) fail(0, "no more after an error");
        broken_ = true;
        if (pending_.empty()) {
            auto const used = take(bytes, each);
            pending_.assign(bytes.substr(used));
        } else {
            pending_ += bytes;
            auto const used = take(pending_, each);
            pending_.erase(0, used);
        }
        broken_ = false;
    }

    /// Says that the stream has ended. Throws parse_error where it was cut off: within a row, or
    /// in binary format without its trailer.
    void finish() {
        if (broken_) fail(0, "no more after an error");
        if (!pending_.empty()) fail(pending_.size(), "the rest of a row");
        if (format_ == copy_format::binary && !ended_) fail(0, "a row or the trailer");
    }

    /// How many rows were read.
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

private:
    static constexpr std::size_t incomplete = static_cast<std::size_t>(-1);

    [[noreturn]] void fail(std::size_t at, std::string_view expected) {
        broken_ = true;
        WEFT_THROW(parse_error(format_ == copy_format::text ? "COPY text" : "COPY binary",
                               taken_ + at, expected));
    }

    /// Reads what is whole; how many bytes that is.
    template <class F>
    std::size_t take(std::string_view bytes, F& each) {
        std::size_t at = 0;
        while (at < bytes.size()) {
            if (ended_) fail(0, "the end");
            auto const rest = bytes.substr(at);
            auto const used = format_ == copy_format::text ? take_line(rest, each)
                              : begun_                     ? take_tuple(rest, each)
                                                           : take_header(rest);
            if (used == incomplete) break;
            at += used;
            taken_ += used;
        }
        return at;
    }

    template <class F>
    void give(F& each) {
        decoder_(fields_, row_, rows_);
        ++rows_;
        each(row_);
    }

    std::size_t take_header(std::string_view bytes) {
        if (skip_ > 0) {
            auto const used = bytes.size() < skip_ ? bytes.size() : skip_;
            skip_ -= used;
            begun_ = skip_ == 0;
            return used;
        }
        auto const known = bytes.substr(0, detail::copy_signature.size());
        if (known != detail::copy_signature.substr(0, known.size())) fail(0, "COPY's signature");
        if (bytes.size() < detail::copy_header_bytes) return incomplete;
        auto const flags = detail::get_big_endian<std::uint32_t>(bytes.data() + 11);
        if ((flags & 0xffff'0000U) != 0) fail(11, "no critical flags");
        auto const extension = detail::get_big_endian<std::uint32_t>(bytes.data() + 15);
        if (extension > 0x7fff'ffffU) fail(15, "an extension of no negative length");
        skip_ = extension;
        begun_ = skip_ == 0;
        return detail::copy_header_bytes;
    }

    template <class F>
    std::size_t take_tuple(std::string_view bytes, F& each) {
        if (bytes.size() < 2) return incomplete;
        auto const count = detail::get_big_endian<std::uint16_t>(bytes.data());
        if (count == 0xffff) {
            ended_ = true;
            return 2;
        }
        if (count != fields_.size()) {
            fail(0, "a row of " + weft::to_text(fields_.size()) + " fields (got " +
                        weft::to_text(count) + ")");
        }
        std::size_t at = 2;
        for (auto& field : fields_) {
            if (bytes.size() - at < 4) return incomplete;
            auto const length = detail::get_big_endian<std::uint32_t>(bytes.data() + at);
            at += 4;
            if (length == 0xffff'ffff) {
                field = wire_field();
                continue;
            }
            if (length > detail::most_field_bytes) fail(at - 4, "a field's length below 1 GiB");
            if (bytes.size() - at < length) return incomplete;
            field = wire_field(bytes.substr(at, length));
            at += length;
        }
        give(each);
        return at;
    }

    /// The first byte from `at` on that a line treats as special: tab, line feed, carriage return,
    /// backslash; or the end.
    [[nodiscard]] static std::size_t find_special(std::string_view bytes, std::size_t at) noexcept {
        while (at < bytes.size()) {
            if (bytes.size() - at >= 8) {
                auto const word = schema::detail::eight_bytes(bytes, at);
                auto const odd =
                    schema::detail::odd_bytes(word) | schema::detail::bytes_equal(word, '\\');
                if (odd == 0) {
                    at += 8;
                    continue;
                }
                at += static_cast<std::size_t>(std::countr_zero(odd)) / 8;
            }
            char const c = bytes[at];
            if (c == '\t' || c == '\n' || c == '\r' || c == '\\') return at;
            ++at;
        }
        return at;
    }

    template <class F>
    std::size_t take_line(std::string_view bytes, F& each) {
        // A long row that comes in small pieces is not taken apart each time.
        if (searched_ > 0 && !has_line_end(bytes)) return incomplete;
        std::size_t count = 0;
        std::size_t start = 0;
        bool escaped = false;
        escaped_.clear();
        for (std::size_t at = 0;;) {
            at = find_special(bytes, at);
            if (at >= bytes.size()) return wait(at);
            char const c = bytes[at];
            if (c == '\\') {
                if (bytes.size() - at < 2) return wait(at);
                if (bytes[at + 1] == '.') {
                    if (at != 0) fail(at, "no \\. within a line");
                    if (bytes.size() < 3) return incomplete;
                    if (bytes[2] != '\n') fail(2, "a line feed after \\.");
                    ended_ = true;
                    return 3;
                }
                escaped = true;
                at += 2;
                continue;
            }
            if (c == '\r') fail(at, "no carriage return (it travels as \\r)");
            if (count == fields_.size()) fail(at, expected_width());
            auto const raw = bytes.substr(start, at - start);
            fields_[count] = escaped && raw == "\\N" ? wire_field() : wire_field(raw);
            if (escaped && raw != "\\N") escaped_.push_back(count);
            ++count;
            escaped = false;
            ++at;
            start = at;
            if (c == '\t') continue;
            if (count != fields_.size()) fail(at - 1, expected_width());
            // What an escape stands for is never longer, so that views into the text stay good.
            escapes_.clear();
            if (!escaped_.empty()) escapes_.reserve(at);
            for (auto const k : escaped_) fields_[k] = wire_field(unescape(fields_[k].bytes()));
            searched_ = 0;
            give(each);
            return at;
        }
    }

    /// Whether a line ends after searched_, which moves on.
    [[nodiscard]] bool has_line_end(std::string_view bytes) noexcept {
        for (std::size_t at = searched_;;) {
            at = find_special(bytes, at);
            if (at < bytes.size() && bytes[at] == '\n') return true;
            bool const pair = at < bytes.size() && bytes[at] == '\\';
            if (at >= bytes.size() || (pair && bytes.size() - at < 2)) {
                searched_ = at;
                return false;
            }
            at += pair ? 2 : 1;
        }
    }

    std::size_t wait(std::size_t at) noexcept {
        searched_ = at;
        return incomplete;
    }

    [[nodiscard]] std::string expected_width() const {
        return "a row of " + weft::to_text(fields_.size()) + " fields";
    }

    [[nodiscard]] std::string_view unescape(std::string_view raw) {
        auto const begin = escapes_.size();
        for (std::size_t i = 0; i < raw.size();) {
            char c = raw[i++];
            if (c != '\\') {
                escapes_ += c;
                continue;
            }
            c = raw[i++];
            auto const digits = [&](std::size_t most, unsigned base) {
                unsigned n = 0;
                for (std::size_t k = 0; k < most && i < raw.size(); ++k, ++i) {
                    auto const d = digit(raw[i]);
                    if (d >= base) break;
                    n = n * base + d;
                }
                return static_cast<char>(static_cast<unsigned char>(n & 0xffU));
            };
            switch (c) {
            case 'b':
                c = '\b';
                break;
            case 'f':
                c = '\f';
                break;
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case 't':
                c = '\t';
                break;
            case 'v':
                c = '\v';
                break;
            case 'x':
                if (i < raw.size() && digit(raw[i]) < 16) c = digits(2, 16);
                break;
            default:
                if (c >= '0' && c <= '7') {
                    --i;
                    c = digits(3, 8);
                }
                break;
            }
            escapes_ += c;
        }
        return std::string_view(escapes_).substr(begin);
    }

    [[nodiscard]] static constexpr unsigned digit(char c) noexcept {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
        return 99;
    }

    wire_decoder<Row> decoder_;
    std::vector<wire_field> fields_;
    Row row_{};
    std::string pending_;
    std::string escapes_;
    std::vector<std::size_t> escaped_;
    std::uint64_t skip_ = 0;
    std::size_t taken_ = 0;
    std::size_t searched_ = 0;
    std::size_t rows_ = 0;
    copy_format format_;
    bool begun_;
    bool ended_ = false;
    bool broken_ = false;
};

/// All rows of a whole stream with all columns in the table's order; see copy_reader.
template <schema::TableRow Row>
[[nodiscard]] std::vector<Row> read_copy(std::string_view bytes, copy_format format) {
    std::vector<Row> out;
    copy_reader<Row> reader(format);
    reader.read(bytes, [&](Row& row) { out.push_back(std::move(row)); });
    reader.finish();
    return out;
}

} // namespace weft::inline v0::sql
