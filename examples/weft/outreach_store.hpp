#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "outreach_job.hpp"
#include "weft/core/time.hpp"
#include "weft/core/uuid.hpp"
#include "weft/outreach/cooldown.hpp"
#include "weft/outreach/deliver.hpp"
#include "weft/schema/outreach_processing_jobs.hpp"
#include "weft/schema/outreach_queue.hpp"
#include "weft/schema/predictive_signals_cache.hpp"

namespace weft_command {

/// The main job's database. Each saving call is one transaction; every one of them may be repeated
/// without a trace. All throw weft::sql_error.
class outreach_store {
public:
    outreach_store() = default;
    outreach_store(outreach_store const&) = delete;
    outreach_store& operator=(outreach_store const&) = delete;
    virtual ~outreach_store() = default;

    /// Makes the tables where all five are missing, and what they need on a server that is not
    /// Supabase. Throws where only some of them are there.
    virtual void prepare() = 0;

    /// Whether a person can be addressed: in PostgreSQL outreach refers to auth.users. Where that
    /// table is the plain stub (an id and nothing else) every person can, and is added when the
    /// person is saved; a real one is never written to.
    [[nodiscard]] virtual bool can_address(weft::uuid const& person) = 0;

    [[nodiscard]] virtual std::optional<weft::schema::outreach_processing_jobs>
    find_job(weft::uuid const& id) = 0;

    /// History and queue as a decision at `now` must know them, without what a job of this very
    /// instant queued.
    [[nodiscard]] virtual weft::outreach::contact_log contacts(weft::instant now) = 0;
    /// The history alone.
    [[nodiscard]] virtual weft::outreach::contact_log history(weft::instant now) = 0;

    /// Rows of some people, and the job's record with its counts so far.
    virtual void save(std::vector<std::pair<weft::uuid, person_rows>> const& people,
                      std::vector<weft::schema::predictive_signals_cache> const& groups,
                      weft::schema::outreach_processing_jobs const& job) = 0;

    /// Queued outreach that waits and is due at `now`, in the order of its ids.
    [[nodiscard]] virtual std::vector<weft::schema::outreach_queue> due(weft::instant now) = 0;
    /// Whether it was delivered: both statements changed exactly one row.
    [[nodiscard]] virtual bool deliver(weft::outreach::delivery const& delivery) = 0;

    /// Rows of the queue by type and status.
    [[nodiscard]] virtual std::map<std::pair<std::string, std::string>, std::size_t>
    queue_counts() = 0;
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::size_t>> table_counts() = 0;

    [[nodiscard]] virtual weft::sql::dialect dialect() const = 0;
};

/// `sqlite:FILE` or a postgresql:// (postgres://) URL. Throws usage_error for anything else, and
/// weft::sql_error where it cannot be opened.
[[nodiscard]] std::unique_ptr<outreach_store> open_store(std::string const& url);

} // namespace weft_command
