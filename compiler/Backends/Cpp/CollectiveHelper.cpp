//===- CollectiveHelper.cpp - the helper of collectives, as C++ text -----===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Snippets.h"

namespace normc::cpp {

static constexpr Snippet snippets[] = {
    {"Message", R"(
// What each rank sends to all, and what all of them have sent, in rank order. Without a group there is one rank.
class Message {
public:
  Message(const normc_context *context, int64_t count)
      : context(context), group(context ? context->group : nullptr), ranks(group ? group->size : 1), count(count),
        numbers(new double[static_cast<size_t>(count) * (static_cast<size_t>(ranks) + 1)]) {}

  int32_t size() const { return ranks; }
  int32_t rank() const { return group ? group->rank : 0; }

  void put(int64_t extent) { numbers[filled++] = static_cast<double>(extent); }
  void put(const double *values, int64_t length) {
    std::copy(values, values + length, numbers.get() + filled);
    filled += length;
  }

  // 0, or the status with which the entry ends.
  int32_t send(const char *operation) {
    double *all = numbers.get() + count;
    if (group)
      return group->all_gather(group->state, operation, 4, count, numbers.get(), all, context->message,
                               context->message_size) == 0
                 ? 0
                 : 2;
    std::copy(numbers.get(), numbers.get() + count, all);
    return 0;
  }

  const double *from(int32_t rank) const { return numbers.get() + count * (int64_t(rank) + 1); }

  // The sum of an extent over the ranks before one.
  int64_t before(int64_t extent, int32_t rank) const {
    int64_t sum = 0;
    for (int32_t r = 0; r < rank; ++r)
      sum += static_cast<int64_t>(from(r)[extent]);
    return sum;
  }

  // The extents come first in a message. Each comes to what is wanted or, where that is -1, to anything; where it is -2, it is the
  // same on all ranks.
  int32_t check(const char *function, const int64_t *wanted, const char *const *places, int64_t extents) const {
    for (int64_t k = 0; k < extents; ++k) {
      const int64_t sum = before(k, ranks);
      if (wanted[k] >= 0 && sum != wanted[k])
        return fail("%s: the shares of %s come to %lld, but the graph says %lld", function, places[k],
                    static_cast<long long>(sum), static_cast<long long>(wanted[k]));
      for (int32_t r = 1; wanted[k] == -2 && r < ranks; ++r)
        if (from(r)[k] < from(0)[k] || from(r)[k] > from(0)[k])
          return fail("%s: the extent of %s is %lld on rank 0, but %lld on another rank", function, places[k],
                      static_cast<long long>(from(0)[k]), static_cast<long long>(from(r)[k]));
    }
    return 0;
  }

private:
  int32_t fail(const char *format, const char *function, const char *place, long long a, long long b) const {
    if (context && context->message)
      std::snprintf(context->message, context->message_size, format, function, place, a, b);
    return 2;
  }

  const normc_context *context;
  const normc_group *group;
  int32_t ranks;
  int64_t count, filled = 0;
  std::unique_ptr<double[]> numbers;
};
)"},
    {"merge_sum", R"(
// Each number of a part of the message, over the ranks in their order.
void merge_sum(const Message &message, int64_t first, int64_t length, double *sum) {
  std::copy(message.from(0) + first, message.from(0) + first + length, sum);
  for (int32_t r = 1; r < message.size(); ++r)
    for (int64_t i = 0; i < length; ++i)
      sum[i] += message.from(r)[first + i];
})"},
    {"merge_max", R"(
// NaN stays; a rank without elements has the identity, an infinity.
void merge_max(const Message &message, int64_t first, int64_t length, double *max) {
  std::copy(message.from(0) + first, message.from(0) + first + length, max);
  for (int32_t r = 1; r < message.size(); ++r)
    for (int64_t i = 0; i < length; ++i) {
      const double x = message.from(r)[first + i];
      max[i] = x > max[i] || std::isnan(x) ? x : max[i];
    }
}
)"},
    {"merge_min", R"(
// As a maximum.
void merge_min(const Message &message, int64_t first, int64_t length, double *min) {
  std::copy(message.from(0) + first, message.from(0) + first + length, min);
  for (int32_t r = 1; r < message.size(); ++r)
    for (int64_t i = 0; i < length; ++i) {
      const double x = message.from(r)[first + i];
      min[i] = x < min[i] || std::isnan(x) ? x : min[i];
    }
})"},
    {"merge_moments", R"(
// Means, and behind them sums of squared deviations, if any: d = mean_r - mean, n' = n + n_r,
//   mean' = mean + d n_r / n', squares' = squares + squares_r + d^2 n n_r / n'
// A rank without elements counts for nothing.
template <typename Count>
void merge_moments(const Message &message, Count count, int64_t first, int64_t length, double *mean,
                                    double *squares) {
  std::fill(mean, mean + length, std::numeric_limits<double>::quiet_NaN());
  if (squares)
    std::fill(squares, squares + length, 0.0);
  double n = 0.0;
  for (int32_t r = 0; r < message.size(); ++r) {
    const double here = count(r);
    if (!(here > 0.0))
      continue;
    const double *means = message.from(r) + first, *others = means + length;
    const double all = n + here, part = here / all;
    for (int64_t i = 0; i < length; ++i) {
      const double d = means[i] - mean[i];
      mean[i] = n > 0.0 ? std::fma(d, part, mean[i]) : means[i];
      if (squares)
        squares[i] = n > 0.0 ? std::fma(d * d, n * part, squares[i] + others[i]) : others[i];
    }
    n = all;
  }
}
)"}};

const llvm::ArrayRef<Snippet> collectiveSnippets = snippets;

} // namespace normc::cpp
