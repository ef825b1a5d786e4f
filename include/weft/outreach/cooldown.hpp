#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "weft/core/error.hpp"
#include "weft/core/number.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/profile/entity.hpp"
#include "weft/schema/enums.hpp"

namespace weft::inline v0::outreach {

using profile::contact_frequency;
using schema::outreach_type;

/// After a contact about one source, how long no other of the same type about it is made.
[[nodiscard]] constexpr days default_cooldown(outreach_type type) noexcept {
    switch (type) {
    case outreach_type::event_call:
        return days(7);
    case outreach_type::group_formation:
    case outreach_type::list_suggestion:
    case outreach_type::expert_curated_list:
        return days(14);
    case outreach_type::community_invitation:
    case outreach_type::spot_recommendation:
    case outreach_type::friend_suggestion:
    case outreach_type::business_event_invitation:
    case outreach_type::business_expert_partnership:
    case outreach_type::business_business_partnership:
    case outreach_type::club_membership_invitation:
    case outreach_type::club_event_invitation:
    case outreach_type::expert_learning_opportunity:
    case outreach_type::expert_business_partnership:
        break;
    }
    return days(30);
}

/// The longest of the default cooldowns: how far back the history has to be read.
inline constexpr days longest_cooldown{30};

[[nodiscard]] constexpr double frequency_multiplier(contact_frequency f) noexcept {
    switch (f) {
    case contact_frequency::high:
        return 1.0;
    case contact_frequency::medium:
        return 0.7;
    case contact_frequency::low:
        return 0.4;
    case contact_frequency::off:
        break;
    }
    return 0.0;
}

/// How many contacts a person gets on one UTC day: `cap` times the multiplier of their preference,
/// rounded down, but at least one unless contacts are off (or the cap is 0). With the default cap
/// of 3: high 3, medium 2, low 1, off 0.
[[nodiscard]] constexpr std::size_t daily_cap(contact_frequency f, std::size_t cap = 3) noexcept {
    if (cap == 0 || f == contact_frequency::off) return 0;
    // A cap beyond any use is cut, so that the product fits.
    auto const bounded = cap < 1'000'000 ? cap : std::size_t{1'000'000};
    auto const scaled =
        static_cast<std::size_t>(static_cast<double>(bounded) * frequency_multiplier(f));
    return scaled > 0 ? scaled : 1;
}

/// A contact that was made or is waiting to be made.
struct contact {
    uuid target;
    std::string source_id;
    outreach_type type = outreach_type::friend_suggestion;
    instant at;        ///< when it was sent, or when it was queued
    bool open = false; ///< queued, and neither answered nor expired
};

/// All contacts that a decision has to know: history rows and queue rows. Adding one twice (a row
/// of the queue and its delivery in the history) changes nothing.
class contact_log {
public:
    void add(contact const& c) {
        key const k{c.target, c.source_id, c.type};
        auto const [entry, is_new] = latest_.emplace(k, state{c.at, c.open});
        if (!is_new) {
            if (c.at > entry->second.at) entry->second.at = c.at;
            entry->second.open = entry->second.open || c.open;
        }
        if (is_finite(c.at)) days_[{c.target, day_of(c.at)}].insert({c.source_id, c.type});
    }

    /// How many contacts `target` has on the UTC day of `now`.
    [[nodiscard]] std::size_t on_day(uuid const& target, instant now) const {
        auto const found = days_.find({target, day_of(now)});
        return found == days_.end() ? 0 : found->second.size();
    }

    /// Why `target` may not be contacted about this source now; nothing where nothing stands
    /// against it. A contact that lies after `now` (another clock, a later run) is a doubt, and
    /// refused. The daily cap is not looked at: see why_full().
    [[nodiscard]] std::optional<std::string> why_not(uuid const& target,
                                                     std::string const& source_id,
                                                     outreach_type type, instant now) const {
        require_now(now);
        auto const found = latest_.find(key{target, source_id, type});
        if (found == latest_.end()) return std::nullopt;
        auto const& last = found->second;
        if (last.open) return "the same outreach is still open";
        if (last.at > now) return "the same outreach is recorded at a later time";
        if (day_of(last.at) == day_of(now)) return "the same outreach was made on this day";
        if (last.at >= now - default_cooldown(type)) {
            return "the same outreach was made less than " +
                   weft::to_text(default_cooldown(type).count()) + " days ago";
        }
        return std::nullopt;
    }

    /// Why `target` gets no further contact on the day of `now`, by their preferences.
    [[nodiscard]] std::optional<std::string> why_full(uuid const& target, outreach_type type,
                                                      profile::preferences const& wishes,
                                                      instant now, std::size_t cap = 3) const {
        require_now(now);
        if (wishes.frequency == contact_frequency::off) return "contacts are switched off";
        for (auto const muted : wishes.muted) {
            if (muted == type) return "this type of outreach is muted";
        }
        auto const allowed = daily_cap(wishes.frequency, cap);
        if (on_day(target, now) >= allowed) {
            return "the day's limit of " + weft::to_text(allowed) + " is reached";
        }
        return std::nullopt;
    }

private:
    using key = std::tuple<uuid, std::string, outreach_type>;
    struct state {
        instant at;
        bool open;
    };

    [[nodiscard]] static std::chrono::sys_days day_of(instant t) {
        return std::chrono::floor<std::chrono::days>(t);
    }

    static void require_now(instant now) {
        if (!is_finite(now)) {
            WEFT_THROW(invalid_argument("now", "an infinite instant", "a finite instant"));
        }
    }

    std::map<key, state> latest_;
    std::map<std::pair<uuid, std::chrono::sys_days>,
             std::set<std::pair<std::string, outreach_type>>>
        days_;
};

} // namespace weft::inline v0::outreach
