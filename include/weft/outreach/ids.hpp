#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>

#include "weft/core/number.hpp"
#include "weft/core/uuid.hpp"

namespace weft::inline v0::outreach {

/// The namespace of all names below: the version 5 UUID of `weft` in the DNS namespace,
/// f4f3c99a-29be-57d4-8776-c87eed5f81d0.
inline constexpr uuid name_space{{0xf4, 0xf3, 0xc9, 0x9a, 0x29, 0xbe, 0x57, 0xd4, 0x87, 0x76, 0xc8,
                                  0x7e, 0xed, 0x5f, 0x81, 0xd0}};

/// The version 5 UUID (RFC 9562, SHA-1) of the bytes of `name` in a namespace.
[[nodiscard]] inline uuid name_uuid(uuid const& space, std::string_view name) {
    boost::uuids::uuid root;
    std::copy(space.bytes.begin(), space.bytes.end(), root.begin());
    auto const made = boost::uuids::name_generator_sha1(root)(name.data(), name.size());
    uuid id;
    std::copy(made.begin(), made.end(), id.bytes.begin());
    return id;
}

/// The id of a row: a UUID of the table and the row's natural key. Every part goes in with its
/// length, so that no two keys share a name.
[[nodiscard]] inline uuid row_id(std::string_view table,
                                 std::initializer_list<std::string_view> key) {
    std::string name(table);
    for (auto const part : key) {
        name += ' ';
        name += weft::to_text(part.size());
        name += ':';
        name += part;
    }
    return name_uuid(name_space, name);
}

/// The UUID that stands for an entity: the id itself where it is a UUID, else one made of it.
[[nodiscard]] inline uuid entity_uuid(std::string_view id) {
    if (auto const own = try_parse_uuid(id)) return *own;
    return row_id("entity", {id});
}

} // namespace weft::inline v0::outreach
