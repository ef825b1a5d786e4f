#include "json_lines.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"

namespace weft_command {

namespace {

constexpr std::size_t block = std::size_t{1} << 16U;

std::string message(std::string const& action, std::string const& name, int code) {
    return "cannot " + action + " " + name + ": " + std::strerror(code);
}

[[noreturn]] void fail(std::string const& action, std::string const& name, int code) {
    throw io_error(message(action, name, code));
}

} // namespace

line_reader::line_reader(std::string const& file)
    : file_(file == "-" ? "standard input" : file)
    , descriptor_(file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw usage_error(message("open", file_, errno));
    struct stat about {};
    if (::fstat(descriptor_, &about) == 0) {
        if (S_ISDIR(about.st_mode)) {
            if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
            throw usage_error(message("read", file_, EISDIR));
        }
        if (S_ISREG(about.st_mode) && about.st_size > 0) {
            size_ = static_cast<std::uint64_t>(about.st_size);
        }
    }
}

line_reader::~line_reader() {
    if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

bool line_reader::fill() {
    if (ended_) return false;
    buffer_.erase(0, at_);
    at_ = 0;
    if (before_waiting_) before_waiting_();
    auto const kept = buffer_.size();
    buffer_.resize(kept + block);
    ssize_t n = 0;
    do {
        n = ::read(descriptor_, buffer_.data() + kept, block);
    } while (n < 0 && errno == EINTR);
    int const code = errno;
    buffer_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    if (n < 0) fail("read", file_, code);
    bytes_read_ += static_cast<std::uint64_t>(n);
    ended_ = n == 0;
    return n > 0;
}

bool line_reader::next(std::string& line) {
    line.clear();
    too_long_ = false;
    bool any = false;
    for (;;) {
        auto const end = buffer_.find('\n', at_);
        auto const stop = end == std::string::npos ? buffer_.size() : end;
        auto const room = max_line_bytes - line.size();
        too_long_ = too_long_ || stop - at_ > room;
        line.append(buffer_, at_, std::min(stop - at_, room));
        any = any || stop > at_;
        if (end != std::string::npos) {
            at_ = end + 1;
            ++number_;
            return true;
        }
        at_ = stop;
        if (!fill()) {
            if (any) ++number_;
            return any;
        }
    }
}

writer::writer()
    : name_("standard output")
    , descriptor_(STDOUT_FILENO) {}

writer::writer(std::string const& file)
    : name_(file)
    , descriptor_(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) throw usage_error(message("write", name_, errno));
}

writer::~writer() {
    if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) ::close(descriptor_);
}

void writer::write(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= block) flush();
}

void writer::flush() {
    std::string_view rest = buffer_;
    while (!rest.empty()) {
        auto const n = ::write(descriptor_, rest.data(), rest.size());
        if (n < 0) {
            if (errno == EINTR) continue;
            int const code = errno;
            buffer_.clear();
            fail("write", name_, code);
        }
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    buffer_.clear();
}

void writer::close() {
    flush();
    if (descriptor_ < 0) return;
    int const code = ::close(descriptor_) == 0 ? 0 : errno;
    descriptor_ = -1;
    if (code != 0 && code != EINTR) fail("write", name_, code);
}

progress::progress(std::string label)
    : label_(std::move(label))
    , on_(::isatty(STDERR_FILENO) == 1) {}

progress::~progress() {
    clear();
}

void progress::show(std::uint64_t done, std::uint64_t total, std::string_view what) {
    if (!on_) return;
    auto const now = std::chrono::steady_clock::now();
    if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    shown_ = true;
    std::string text = "\r\033[K" + label_ + " ";
    if (total > 0) {
        constexpr std::size_t width = 30;
        auto const share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
        auto const filled = static_cast<std::size_t>(share * static_cast<double>(width));
        text += '[';
        text.append(filled, '#').append(width - filled, '.').append("] ");
        text += weft::to_text(static_cast<int>(share * 100.0));
        text += "% ";
    } else {
        text += weft::to_text(done) + " ";
    }
    text += what;
    [[maybe_unused]] auto const ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

void progress::clear() {
    if (!shown_) return;
    shown_ = false;
    constexpr std::string_view text = "\r\033[K";
    [[maybe_unused]] auto const ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

bool is_blank(std::string_view line) noexcept {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

namespace {

/// Depth and number of members, before a parser allocates for them.
void require_modest(std::string_view text) {
    std::vector<std::size_t> members;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
            continue;
        }
        switch (c) {
        case '"':
            in_string = true;
            break;
        case '{':
        case '[':
            if (members.size() == max_depth) {
                throw weft::parse_error(
                    "JSON", i, "at most " + weft::to_text(max_depth) + " levels of nesting");
            }
            members.push_back(0);
            break;
        case '}':
        case ']':
            if (!members.empty()) members.pop_back();
            break;
        case ':':
            if (!members.empty() && ++members.back() > max_members) {
                throw weft::parse_error(
                    "JSON", i, "at most " + weft::to_text(max_members) + " members in an object");
            }
            break;
        default:
            break;
        }
    }
}

std::string without_prefix(std::string text) {
    if (text.starts_with("[json.exception.")) {
        if (auto const end = text.find("] "); end != std::string::npos) text.erase(0, end + 2);
    }
    if (text.size() > 300) text = text.substr(0, 297) + "...";
    return text;
}

} // namespace

json parse_line(std::string_view text) {
    require_modest(text);
    try {
        return json::parse(text);
    } catch (json::parse_error const& e) {
        auto detail = without_prefix(e.what());
        if (auto const at = detail.find(": ");
            detail.starts_with("parse error at") && at != std::string::npos) {
            detail.erase(0, at + 2);
        }
        throw weft::parse_error("JSON", e.byte == 0 ? 0 : e.byte - 1,
                                "a JSON value (" + detail + ")");
    } catch (json::exception const& e) {
        throw weft::invalid_argument("JSON", without_prefix(e.what()),
                                     "numbers that a double holds");
    }
}

std::string current_message() {
    try {
        throw;
    } catch (std::bad_alloc const&) {
        return "not enough memory for this line";
    } catch (std::exception const& e) {
        return without_prefix(e.what());
    } catch (...) {
        return "an unknown error";
    }
}

namespace {

/// Calls `answer(number, line)` or `fault(number, message)` for every line that is not blank.
/// Returns the exit status.
template <class Answer, class Fault>
int for_each_line(std::string const& file, writer& out, Answer const& answer, Fault const& fault) {
    line_reader in(file);
    progress bar("weft");
    bool const show = ::isatty(STDOUT_FILENO) != 1;
    in.before_waiting([&] {
        out.flush();
        if (show && in.number() > 0) {
            bar.show(in.size() > 0 ? in.bytes_read() : in.number(), in.size(), "lines");
        }
    });
    int status = status_ok;
    std::string text;
    while (in.next(text)) {
        if (!in.too_long() && is_blank(text)) continue;
        try {
            if (in.too_long()) {
                throw weft::invalid_argument(
                    "line", "more than " + weft::to_text(max_line_bytes) + " bytes",
                    "a shorter line");
            }
            json const line = parse_line(text);
            if (!line.is_object()) {
                throw weft::invalid_argument("line", line.type_name(), "a JSON object");
            }
            answer(line);
        } catch (io_error const&) {
            throw;
        } catch (...) {
            fault(in.number(), current_message());
            status = status_faulty_input;
        }
    }
    return status;
}

std::string error_line(std::size_t number, std::string const& message) {
    return json{{"line", number}, {"error", message}}.dump(-1, ' ', false,
                                                           json::error_handler_t::replace) +
           "\n";
}

} // namespace

int run_json_lines(std::string const& file, std::function<json(json const&)> const& handler) {
    writer out;
    int const status = for_each_line(
        file, out,
        [&](json const& line) {
            json answer = json::object();
            if (auto const id = line.find("id"); id != line.end()) answer["id"] = *id;
            auto const result = handler(line);
            for (auto const& [key, value] : result.items()) answer[key] = value;
            auto text = answer.dump(-1, ' ', false, json::error_handler_t::replace);
            text += '\n';
            out.write(text);
        },
        [&](std::size_t number, std::string const& message) {
            out.write(error_line(number, message));
        });
    out.close();
    return status;
}

int run_stream(std::string const& file, std::string const& begin,
               std::function<std::string(json const&)> const& handler, std::string const& end) {
    writer out;
    out.write(begin);
    int const status = for_each_line(
        file, out, [&](json const& line) { out.write(handler(line)); },
        [&](std::size_t number, std::string const& message) {
            std::fputs(error_line(number, message).c_str(), stderr);
        });
    out.write(end);
    out.close();
    return status;
}

} // namespace weft_command
