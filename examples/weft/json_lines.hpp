#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

/// What all subcommands share: reading lines, parsing hostile JSON, writing with every error seen.
namespace weft_command {

using json = nlohmann::ordered_json;

/// Exit statuses of the command.
inline constexpr int status_ok = 0;
inline constexpr int status_faulty_input = 1;
inline constexpr int status_usage = 2;
inline constexpr int status_io = 3;

/// Reading or writing failed.
class io_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The command was called with something that cannot be: a file that does not exist, options that
/// contradict each other.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Limits of one input line. They bound time and memory for input that is made to hurt.
inline constexpr std::size_t max_line_bytes = std::size_t{256} << 20U;
inline constexpr std::size_t max_depth = 256;
inline constexpr std::size_t max_members = 10'000;

/// Reads a file, or standard input for "-", line by line. `\n` ends a line; the last may lack it.
class line_reader {
public:
    /// Throws usage_error where the file cannot be opened.
    explicit line_reader(std::string const& file);
    line_reader(line_reader const&) = delete;
    line_reader& operator=(line_reader const&) = delete;
    ~line_reader();

    /// The next line without its `\n`, or nothing at the end. Of a line above max_line_bytes only
    /// the beginning is kept, and too_long() says so. Throws io_error where reading fails.
    [[nodiscard]] bool next(std::string& line);

    /// The number of the line that next() gave, from 1.
    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    [[nodiscard]] bool too_long() const noexcept { return too_long_; }
    [[nodiscard]] std::uint64_t bytes_read() const noexcept { return bytes_read_; }
    /// The size of a regular file; 0 where it is not known.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Called before a read that may have to wait, so that answers are out before it does.
    void before_waiting(std::function<void()> action) { before_waiting_ = std::move(action); }

private:
    [[nodiscard]] bool fill();

    std::string file_;
    int descriptor_;
    std::uint64_t size_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::size_t number_ = 0;
    bool too_long_ = false;
    bool ended_ = false;
    std::size_t at_ = 0;
    std::string buffer_;
    std::function<void()> before_waiting_;
};

/// Buffered writing to a descriptor; every failure throws io_error.
class writer {
public:
    /// To standard output.
    writer();
    /// To a file, which is created or emptied.
    explicit writer(std::string const& file);
    writer(writer const&) = delete;
    writer& operator=(writer const&) = delete;
    ~writer();

    void write(std::string_view text);
    void flush();
    /// Flushes and closes: the last place where a full disk can show itself.
    void close();

private:
    std::string name_;
    int descriptor_;
    std::string buffer_;
};

/// One line on stderr that is written over itself; silent where stderr is not a terminal.
class progress {
public:
    explicit progress(std::string label);
    progress(progress const&) = delete;
    progress& operator=(progress const&) = delete;
    ~progress();

    /// `total` 0: unknown.
    void show(std::uint64_t done, std::uint64_t total, std::string_view what);
    void clear();

private:
    std::string label_;
    bool on_;
    bool shown_ = false;
    std::chrono::steady_clock::time_point last_{};
};

/// Whether there is nothing but blanks.
[[nodiscard]] bool is_blank(std::string_view line) noexcept;

/// Parses one line. Throws weft::invalid_argument or weft::parse_error, with the byte where it went
/// wrong: no JSON, broken UTF-8, NaN, numbers beyond a double, nesting above max_depth, an object
/// with more than max_members members.
[[nodiscard]] json parse_line(std::string_view text);

/// What to say about the exception that is being handled. Call inside a catch block only.
[[nodiscard]] std::string current_message();

/// Runs `handler` on every line of `file` that is not blank and writes its answers in order to
/// standard output. `id` is echoed as the first key. A faulty line is answered by
/// {"line": n, "error": "..."}. Returns status_ok or status_faulty_input; throws io_error.
[[nodiscard]] int run_json_lines(std::string const& file,
                                 std::function<json(json const&)> const& handler);

/// Runs `handler` on every line and writes the bytes it gives between `begin` and `end`: a stream
/// of another format. A faulty line leaves no bytes; its {"line": n, "error": "..."} goes to
/// stderr. Returns status_ok or status_faulty_input; throws io_error.
[[nodiscard]] int run_stream(std::string const& file, std::string const& begin,
                             std::function<std::string(json const&)> const& handler,
                             std::string const& end);

} // namespace weft_command
