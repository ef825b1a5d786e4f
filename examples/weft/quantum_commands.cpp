#include "command.hpp"
#include "fields.hpp"

#include "weft/quantum/json.hpp"

namespace weft_command {

json fidelity(json const& line) {
    auto const a = weft::quantum::state_from_json(field(line, "a", "a state"), "a");
    auto const b = weft::quantum::state_from_json(field(line, "b", "a state"), "b");
    return weft::quantum::comparison_to_json<json>(weft::quantum::compare(a, b));
}

} // namespace weft_command
