#pragma once

#include "weft/core/time.hpp"
#include "weft/outreach/ids.hpp"

namespace weft_test {

inline weft::instant const now = weft::parse_instant("2026-03-02T12:30:00Z"); // a Monday
inline weft::uuid const ann = weft::outreach::entity_uuid("ann");
inline weft::uuid const ben = weft::outreach::entity_uuid("ben");

} // namespace weft_test
