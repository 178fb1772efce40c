//===- Ranks.cpp - a function that several ranks share -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Ranks.h"
#include "compiler/Tools/ModuleFile.h"
#include "compiler/Tools/Shares.h"

#include "mlir/IR/MLIRContext.h"
#include <cstring>
#include <fmt/format.h>
#include <numeric>
#include <thread>

using namespace llvm;

namespace normc {

namespace {

struct CloseGroup {
  void operator()(normrt_group *group) const { normrt_group_close(group); }
};
using OpenGroup = std::unique_ptr<normrt_group, CloseGroup>;

/// One rank of this process: what it takes and gives.
struct RankCall {
  std::vector<HostArray> inputs, outputs;
  normrt_error error = {};
};

class RanksCallable : public Callable {
public:
  RanksCallable(OpenModule module, const normrt_function *function, std::vector<OpenGroup> groups, std::vector<int64_t> split)
      : module(std::move(module)), function(function), groups(std::move(groups)), split(std::move(split)),
        size(normrt_group_size(this->groups.front().get())), first(normrt_group_rank(this->groups.front().get())) {
    for (int32_t i = 0; i < normrt_argument_count(function); ++i)
      normrt_argument(function, i, &arguments.emplace_back(), nullptr);
    for (int32_t i = 0; i < normrt_result_count(function); ++i)
      normrt_result(function, i, &results.emplace_back(), nullptr);
  }

  std::vector<std::string> resultNames() const override {
    std::vector<std::string> names;
    for (const normrt_value &value : results)
      names.push_back(value.name);
    return names;
  }

  bool speaks() const override { return first == 0; }

  Expected<std::vector<HostArray>> call(ArrayRef<HostArray> inputs) override {
    if (Error error = checkSplit())
      return error;
    std::vector<RankCall> calls(groups.size());
    if (Error error = splitInputs(inputs, calls))
      return error;
    run(calls);
    if (Error error = findError(calls))
      return error;
    if (Error error = hearOthers(calls))
      return error;
    return joinOutputs(calls);
  }

private:
  Error checkSplit() {
    const bool isSharded = any_of(arguments, [](const normrt_value &value) { return value.shard >= 0; });
    if (!isSharded && (size > 1 || !split.empty()))
      return createStringError(fmt::format("'{}' has no sharded argument, so there is nothing to split; give one norm.shard = AXIS : i64",
                                           normrt_function_name(function)));
    if (!split.empty() && int32_t(split.size()) != size)
      return createStringError(fmt::format("--split gives {} shares, but there are {} ranks", split.size(), size));
    return Error::success();
  }

  /// This process's share of each sharded input, and the others as they are.
  Error splitInputs(ArrayRef<HostArray> inputs, std::vector<RankCall> &calls) {
    if (inputs.size() != arguments.size())
      return createStringError(fmt::format("function '{}' takes {} arguments, but {} were given", normrt_function_name(function),
                                           arguments.size(), inputs.size()));
    for (auto [input, value] : zip(inputs, arguments)) {
      std::vector<int64_t> shares(size);
      SmallVector<int64_t> extents(input.extents.begin(), input.extents.end());
      if (value.shard >= 0) {
        Expected<SmallVector<int64_t>> whole = graphExtents(input, value);
        if (!whole)
          return whole.takeError();
        extents = *whole;
        const int64_t extent = extents[value.shard];
        shares = split.empty() ? evenShares(extent, size) : split;
        if (int64_t sum = std::accumulate(shares.begin(), shares.end(), int64_t(0)); sum != extent)
          return createStringError(fmt::format("--split comes to {}, but argument '{}' is {}, so it has {} along axis {}, along which it "
                                               "is split",
                                               sum, value.name, describe(input), extent, value.shard));
      }
      for (auto [index, call] : enumerate(calls)) {
        const int32_t rank = first + int32_t(index);
        Expected<HostArray> part =
            value.shard >= 0 ? slice(input, extents, value.shard, std::accumulate(shares.begin(), shares.begin() + rank, int64_t(0)),
                                     shares[rank])
                             : slice(input, extents, 0, 0, extents[0]);
        if (!part)
          return part.takeError();
        call.inputs.push_back(std::move(*part));
      }
    }
    return Error::success();
  }

  void run(std::vector<RankCall> &calls) {
    const int32_t cores = std::max(1u, std::thread::hardware_concurrency());
    const int32_t threads = std::max<int32_t>(1, cores / int32_t(calls.size()));
    if (calls.size() == 1) {
      runRank(calls[0], 0, threads);
      return;
    }
    std::vector<std::thread> workers;
    for (size_t index = 0; index < calls.size(); ++index)
      workers.emplace_back([&, index] { runRank(calls[index], index, threads); });
    for (std::thread &worker : workers)
      worker.join();
  }

  /// Allocates the results of one rank and calls. A rank that fails leaves the group, so that no other waits for it.
  void runRank(RankCall &call, size_t index, int32_t threads) {
    std::vector<DLTensor> in, out;
    for (const HostArray &input : call.inputs)
      in.push_back(view(input));
    std::vector<int64_t> extents(results.size() * NORMRT_MAX_RANK);
    bool isReady = normrt_result_extents(function, in.data(), in.size(), extents.data(), results.size(), &call.error) == NORMRT_OK;
    for (size_t i = 0; isReady && i < results.size(); ++i) {
      Expected<HostArray> output = allocateArray(results[i].type, ArrayRef(extents).slice(i * NORMRT_MAX_RANK, results[i].rank));
      if (output) {
        call.outputs.push_back(std::move(*output));
        continue;
      }
      isReady = false;
      call.error.status = NORMRT_OUT_OF_MEMORY;
      std::snprintf(call.error.message, sizeof call.error.message, "%s", toString(output.takeError()).c_str());
    }
    for (const HostArray &output : call.outputs)
      out.push_back(view(output));
    normrt_options options = {NORMRT_VERSION, threads, NORMRT_CPU, 0, nullptr, nullptr, groups[index].get()};
    if (!isReady || normrt_call(function, in.data(), in.size(), out.data(), out.size(), &options, &call.error) != NORMRT_OK)
      if (groups.size() > 1)
        groups[index].reset();
  }

  /// The failure of a rank, rather than what others say of it.
  Error findError(ArrayRef<RankCall> calls) {
    const RankCall *found = nullptr;
    for (const RankCall &call : calls)
      if (call.error.status != NORMRT_OK && (!found || (found->error.status == NORMRT_COLLECTIVE && call.error.status != NORMRT_COLLECTIVE)))
        found = &call;
    return found ? toError(found->error) : Error::success();
  }

  /// Appends the results of ranks in other processes, so that all are there in rank order.
  Error hearOthers(std::vector<RankCall> &calls) {
    if (int32_t(calls.size()) == size)
      return Error::success();
    RankCall own = std::move(calls[0]);
    calls.clear();
    calls.resize(size);
    for (auto [index, value] : enumerate(results)) {
      const HostArray &mine = own.outputs[index];
      std::vector<int64_t> extents(NORMRT_MAX_RANK), all(size_t(size) * NORMRT_MAX_RANK);
      copy(mine.extents, extents.begin());
      if (Error error = gather("the extents of results", NORMC_I64, NORMRT_MAX_RANK, extents.data(), all.data()))
        return error;
      for (int32_t rank = 0; rank < size; ++rank) {
        Expected<HostArray> output = allocateArray(value.type, ArrayRef(all).slice(size_t(rank) * NORMRT_MAX_RANK, value.rank));
        if (!output)
          return output.takeError();
        calls[rank].outputs.push_back(std::move(*output));
      }
      size_t most = 0;
      for (const RankCall &call : calls)
        most = std::max(most, call.outputs[index].data.size());
      std::vector<char> sent(most), heard(most * size_t(size));
      std::memcpy(sent.data(), mine.data.data(), mine.data.size());
      if (Error error = gather("results", NORMC_I1, int64_t(most), sent.data(), heard.data()))
        return error;
      for (auto [rank, call] : enumerate(calls))
        std::memcpy(call.outputs[index].data.data(), heard.data() + rank * most, call.outputs[index].data.size());
    }
    return Error::success();
  }

  Error gather(const char *operation, int32_t type, int64_t count, const void *mine, void *all) {
    normrt_error error;
    if (normrt_group_all_gather(groups[0].get(), operation, type, count, mine, all, &error) != NORMRT_OK)
      return toError(error);
    return Error::success();
  }

  Expected<std::vector<HostArray>> joinOutputs(std::vector<RankCall> &calls) {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    std::vector<HostArray> outputs;
    for (auto [index, value] : enumerate(results)) {
      std::vector<const HostArray *> parts;
      for (const RankCall &call : calls)
        parts.push_back(&call.outputs[index]);
      const bool isWhole = value.shard < 0 && (value.flags & NORMC_SHARE) == 0;
      for (size_t rank = 1; isWhole && rank < parts.size(); ++rank)
        if (parts[rank]->data.size() != parts[0]->data.size() ||
            std::memcmp(parts[rank]->data.data(), parts[0]->data.data(), parts[0]->data.size()) != 0)
          return createStringError(fmt::format("result '{}' of rank {} is not that of rank 0, bit for bit", value.name, rank));
      Expected<HostArray> whole = value.shard >= 0                  ? join(parts, value.shard)
                                  : (value.flags & NORMC_SHARE) != 0 ? addUp(parts, context)
                                                                     : std::move(calls[0].outputs[index]);
      if (!whole)
        return whole.takeError();
      outputs.push_back(std::move(*whole));
    }
    return outputs;
  }

  OpenModule module;
  const normrt_function *function;
  std::vector<OpenGroup> groups; ///< the ranks of this process
  std::vector<int64_t> split;
  int32_t size, first;
  std::vector<normrt_value> arguments, results;
};

} // namespace

Expected<std::unique_ptr<Callable>> openRanks(const std::string &path, StringRef name, const RankOptions &options) {
  Expected<OpenModule> module = openModuleFile(path);
  if (!module)
    return module.takeError();
  Expected<const normrt_function *> function = findFunction(module->get(), name.str());
  if (!function)
    return function.takeError();
  // Last, as the ranks wait for one another from here on.
  const int32_t ranks = std::max(1, options.ranks);
  std::vector<normrt_group *> handles(ranks);
  normrt_error error;
  if (normrt_group_open(options.group.c_str(), ranks, nullptr, handles.data(), &error) != NORMRT_OK)
    return toError(error);
  std::vector<OpenGroup> groups;
  for (normrt_group *handle : handles)
    groups.emplace_back(handle);
  return std::make_unique<RanksCallable>(std::move(*module), *function, std::move(groups), options.split);
}

} // namespace normc
