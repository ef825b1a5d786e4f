#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>

#include <gtest/gtest.h>

#include "msqr_people.hpp"
#include "support/gz.hpp"
#include "weft/core/number.hpp"
#include "weft/temporal/forecast.hpp"

namespace {

namespace real {

using weft::temporal::series;

/// A comma-separated table with a header line; fields may be quoted.
struct table {
    std::map<std::string, std::size_t, std::less<>> column;
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;

    explicit table(std::string const& text) {
        std::vector<std::string> row(1);
        bool quoted = false;
        for (char const c : text) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                row.emplace_back();
            } else if (c == '\n' && !quoted) {
                if (names.empty()) {
                    names = row;
                    for (std::size_t i = 0; i < row.size(); ++i) column[row[i]] = i;
                } else if (row.size() == names.size()) {
                    rows.push_back(row);
                }
                row.assign(1, {});
            } else if (c != '\r') {
                row.back() += c;
            }
        }
    }

    [[nodiscard]] std::optional<double> number(std::size_t r, std::string_view name) const {
        return weft::parse_double(rows[r][column.find(name)->second]);
    }
};

/// Nothing where the data folder is not there; that fails where the environment has CI set.
std::optional<table> data(std::string const& name) {
    auto const path = std::string(WEFT_DATA_DIR) + "/" + name;
    if (std::filesystem::exists(path)) return table(weft_test::read_gz(path));
    EXPECT_EQ(std::getenv("CI"), nullptr) << path << " is missing";
    std::cerr << "did not run: no " << path << '\n';
    return std::nullopt;
}

/// The values of many quantities of many people at three times, a day apart.
struct panel {
    std::vector<std::vector<std::array<std::optional<double>, 3>>> people; // by person, quantity
};

panel mood_items() {
    panel out;
    auto const t = data("people/msqR.csv.gz");
    if (!t) return out;
    std::map<std::string, std::map<double, std::size_t>> times;
    for (std::size_t r = 0; r < t->rows.size(); ++r) {
        auto const& row = t->rows[r];
        times[row[t->column.at("study")] + ":" + row[t->column.at("id")]][*t->number(r, "time")] =
            r;
    }
    for (auto const& [id, at] : times) {
        if (at.size() < 3) continue;
        auto& person = out.people.emplace_back();
        for (std::size_t c = 24; c < 48; ++c) {
            auto& values = person.emplace_back();
            std::size_t k = 0;
            for (auto const& [time, row] : at) {
                if (k == 3) break;
                if (auto const x = t->number(row, t->names[c])) values[k] = *x / 3.0;
                ++k;
            }
        }
    }
    return out;
}

panel preferences() {
    panel out;
    auto const t = data("dates/speed_dating.csv.gz");
    if (!t) return out;
    std::map<double, std::size_t> people;
    for (std::size_t r = 0; r < t->rows.size(); ++r) people[*t->number(r, "iid")] = r;
    for (auto const& [id, r] : people) {
        std::vector<std::array<std::optional<double>, 3>> person(6);
        bool whole = true;
        for (std::size_t k = 0; k < 3; ++k) {
            double sum = 0.0;
            std::size_t c = 0;
            for (auto const* what : {"attr1_", "sinc1_", "intel1_", "fun1_", "amb1_", "shar1_"}) {
                auto const x = t->number(r, what + std::to_string(k + 1));
                whole = whole && x.has_value();
                sum += person[c++][k].emplace(x.value_or(0.0));
            }
            for (auto& values : person) *values[k] /= sum;
            whole = whole && sum > 0.0;
        }
        if (whole) out.people.push_back(std::move(person));
    }
    return out;
}

struct result {
    double ours = 0, persistence = 0, mean = 0, line = 0; // RMSE of the third
    double coverage = 0;                                  // mean over people
    std::size_t people = 0;
    double more = 0, calmer = 0; // rank correlations of the confidence
};

double rank_correlation(std::vector<double> const& a, std::vector<double> const& b) {
    auto const ranks = [](std::vector<double> const& v) {
        std::vector<std::size_t> order(v.size());
        for (std::size_t i = 0; i < v.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](auto x, auto y) { return v[x] < v[y]; });
        std::vector<double> out(v.size());
        for (std::size_t k = 0; k < v.size();) {
            auto end = k;
            while (end < v.size() && v[order[end]] == v[order[k]]) ++end;
            for (auto i = k; i < end; ++i) out[order[i]] = static_cast<double>(k + end - 1) / 2.0;
            k = end;
        }
        return out;
    };
    auto const x = ranks(a);
    auto const y = ranks(b);
    auto const middle = static_cast<double>(x.size() - 1) / 2.0;
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - middle) * (x[i] - middle);
        yy += (y[i] - middle) * (y[i] - middle);
        xy += (x[i] - middle) * (y[i] - middle);
    }
    return xy / std::sqrt(xx * yy);
}

/// The third snapshot from the first two, by models fitted to the other four fifths of the people.
result third_from_two(panel const& p) {
    result out;
    auto const n = p.people.size();
    auto const quantities = p.people.front().size();
    std::vector<double> covered(n), counted(n), confidence, size, swing;
    double cases = 0.0;
    auto const day = [](std::size_t k) { return weft::instant{} + weft::days(k); };
    for (std::size_t q = 0; q < quantities; ++q) {
        for (std::size_t fold = 0; fold < 5; ++fold) {
            std::vector<series> others;
            for (std::size_t i = 0; i < n; ++i) {
                if (i % 5 == fold) continue;
                series s;
                for (std::size_t k = 0; k < 3; ++k) {
                    if (auto const& x = p.people[i][q][k]) s.append(day(k), *x);
                }
                others.push_back(std::move(s));
            }
            auto const model = weft::temporal::fit_forecast(others);
            for (std::size_t i = fold; i < n; i += 5) {
                auto const& y = p.people[i][q];
                if (!y[0] || !y[1] || !y[2]) continue;
                auto const f = *weft::temporal::forecast_at(
                    series({day(0), day(1)}, {*y[0], *y[1]}), day(2), model);
                auto const one =
                    *weft::temporal::forecast_at(series({day(1)}, {*y[1]}), day(2), model);
                auto const miss = [&](double guess) { return (guess - *y[2]) * (guess - *y[2]); };
                out.ours += miss(f.value);
                out.persistence += miss(*y[1]);
                out.mean += miss((*y[0] + *y[1]) / 2.0);
                out.line += miss(2.0 * *y[1] - *y[0]);
                cases += 1.0;
                covered[i] += *y[2] >= f.lower && *y[2] <= f.upper ? 1.0 : 0.0;
                counted[i] += 1.0;
                confidence.push_back(f.confidence);
                size.push_back(2.0);
                swing.push_back(-std::abs(*y[1] - *y[0]));
                confidence.push_back(one.confidence);
                size.push_back(1.0);
                swing.push_back(std::nan(""));
            }
        }
    }
    for (auto* const x : {&out.ours, &out.persistence, &out.mean, &out.line}) {
        *x = std::sqrt(*x / cases);
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (counted[i] == 0.0) continue;
        ++out.people;
        out.coverage += covered[i] / counted[i];
    }
    out.coverage /= static_cast<double>(out.people);
    out.more = rank_correlation(confidence, size);
    std::vector<double> calm, of_two;
    for (std::size_t k = 0; k < swing.size(); k += 2) {
        calm.push_back(swing[k]);
        of_two.push_back(confidence[k]);
    }
    out.calmer = rank_correlation(of_two, calm);
    return out;
}

void record(result const& r) {
    for (auto const& [name, x] : {std::pair{"rmse", r.ours},
                                  {"persistence", r.persistence},
                                  {"mean_of_past", r.mean},
                                  {"straight_line", r.line},
                                  {"coverage", r.coverage},
                                  {"people", static_cast<double>(r.people)},
                                  {"confidence_and_snapshots", r.more},
                                  {"confidence_and_calm", r.calmer}}) {
        ::testing::Test::RecordProperty(name, weft::to_text(x));
    }
    // 80% of people, within what chance explains: 1.96 binomial deviations.
    EXPECT_NEAR(r.coverage, .8, 1.96 * std::sqrt(.16 / static_cast<double>(r.people)));
    EXPECT_GT(r.more, .2);
    EXPECT_GT(r.calmer, .2);
}

} // namespace real

TEST(forecast_of_real_people, third_mood_from_two) {
    auto const p = real::mood_items();
    if (p.people.empty()) return;
    auto const r = real::third_from_two(p);
    real::record(r);
    EXPECT_GT(r.people, 400u);
    // The published table: .365, .282, .248.
    EXPECT_NEAR(r.persistence, .2826, .0005);
    EXPECT_NEAR(r.mean, .2483, .0005);
    EXPECT_LE(r.ours, .240);
    EXPECT_LE(r.ours, .95 * r.mean);
}

TEST(forecast_of_real_people, third_composites_from_two) {
    // The example's twelve scales, in the split of the items above.
    real::panel p;
    for (auto const& person : weft_test::msqr_people()) {
        if (person.snapshots.size() < 3) continue;
        auto& values = p.people.emplace_back(weft_msqr::scales.size());
        for (std::size_t q = 0; q < values.size(); ++q) {
            for (std::size_t k = 0; k < 3; ++k) {
                if (auto const& x = person.snapshots[k][q]) values[q][k] = x->value;
            }
        }
    }
    auto const r = real::third_from_two(p);
    real::record(r);
    EXPECT_GT(r.people, 400u);
    EXPECT_LE(r.ours, .95 * r.mean);
    EXPECT_LT(r.ours, r.persistence);
}

TEST(forecast_of_real_people, third_preferences_from_two) {
    auto const p = real::preferences();
    if (p.people.empty()) return;
    auto const r = real::third_from_two(p);
    real::record(r);
    EXPECT_GT(r.people, 200u);
    EXPECT_NEAR(r.persistence, .0618, .0005);
    EXPECT_NEAR(r.line, .1104, .0005);
    EXPECT_LE(r.ours, .055);
}

} // namespace
