//===- EmitGpuPlan.cpp - launch plans as C++ -----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Manifest/EmitGpuPlan.h"
#include "compiler/Backends/Cpp/Names.h"

#include "llvm/ADT/STLExtras.h"
#include <fmt/format.h>

using namespace normc::cpp;

namespace normc::manifest {

static constexpr const char *helpers = R"(
// How the groups of a kernel are split among blocks. Chunks of a group are dealt out to the teams of its blocks, 2^shift to each.
struct normc_split {
  int64_t groups, items;        // an item is what a block takes at once: a group, or a tile of columns
  int64_t shift, blocks;        // blocks for each item
  bool whole;                   // one launch goes through all sweeps
  int64_t whole_blocks;         // of that launch
  int64_t row_chunks, row_width, row_columns; // of sums that ride along: chunks of rows; accumulators of a chunk; columns
  int32_t held;                 // in shared memory: 0 not, 1 of a block or a cluster, 2 of blocks of a resident grid
  int64_t held_shift, held_blocks, held_grid, held_shared; // likewise: blocks for each group, of the launch, bytes of a block
};
[[maybe_unused]] static int64_t normc_most(int64_t a, int64_t b) { return a > b ? a : b; }
[[maybe_unused]] static int64_t normc_least(int64_t a, int64_t b) { return a < b ? a : b; }
[[maybe_unused]] static int64_t normc_ceil(int64_t a, int64_t b) { return a / b + (a % b != 0); }
// A grid has 2^31 - 1 blocks at most; each goes on with what is left.
[[maybe_unused]] static int64_t normc_blocks(int64_t items, int64_t each) {
  return normc_least(normc_ceil(items, each), INT32_MAX);
}
// Accumulators of a column: as many as make 128 lanes.
[[maybe_unused]] static int64_t normc_row_lanes(int64_t columns) {
  int64_t lanes = 1;
  while (lanes < 128 && columns <= 128 / (2 * lanes))
    lanes *= 2;
  return lanes;
}
// All sweeps in one launch where there are items for all multiprocessors, or too little in one to be split; else four blocks for
// each multiprocessor.
[[maybe_unused]] static void normc_divide(normc_split &split, int64_t chunks, int64_t teams, bool stages, const normc_gpu &gpu) {
  int64_t each = normc_ceil(chunks, teams); // chunks of a team
  split.whole = !stages || each <= 1 || split.items >= 2 * int64_t(gpu.multiprocessors);
  if (!split.whole)
    each = normc_ceil(each, normc_least(each, normc_ceil(4 * int64_t(gpu.multiprocessors), normc_most(split.items, 1))));
  while ((int64_t(1) << split.shift) < each)
    ++split.shift;
  split.blocks = split.whole ? 1 : normc_most(1, normc_ceil(chunks, teams << split.shift));
}
[[maybe_unused]] static normc_split normc_points_split(int64_t points) {
  normc_split split = {};
  split.items = points;
  return split;
}
[[maybe_unused]] static normc_split normc_runs_split(int64_t groups, int64_t runs, int64_t length, int64_t crews, int64_t teams,
                                                     bool stages, const normc_gpu &gpu) {
  normc_split split = {};
  split.groups = split.items = groups;
  const int64_t whole = normc_most(1, normc_least(32, 2048 / normc_most(length, 1)));
  normc_divide(split, normc_times(normc_ceil(length, 2048), normc_ceil(runs, whole)), teams, stages, gpu);
  split.whole_blocks = normc_blocks(groups, crews);
  split.row_columns = normc_times(runs, length);
  const int64_t lanes = normc_row_lanes(split.row_columns);
  split.row_chunks = normc_ceil(groups, 32 * lanes);
  split.row_width = normc_times(lanes, split.row_columns);
  return split;
}
// How a kernel holds a group: teams of a block; points and bytes of a round of one team, of all; other shared memory; bytes that
// a point moves, held and not; launches that it takes where it is not held and has several blocks; which forms there are; whether
// several blocks may share a group.
struct normc_holding {
  int64_t teams, width, round_bytes, static_bytes, once, again, launches;
  bool clusters, grids, shares;
};
// Rounds of a team for `each` adjacent chunks, at most.
[[maybe_unused]] static int64_t normc_rounds(int64_t each, int64_t runs, int64_t length, int64_t width) {
  const int64_t pieces = normc_ceil(length, 2048);
  if (pieces <= 1)
    return normc_times(each, normc_least(normc_most(1, normc_least(32, 2048 / normc_most(length, 1))), runs) * normc_ceil(length, width));
  const int64_t full = normc_ceil(2048, width), last = normc_ceil(length - 2048 * (pieces - 1), width);
  return normc_times(each, full) - each / pieces * (full - last);
}
// Holds the groups where they fit and time is saved. A block that is alone on a multiprocessor moves twice its share of what the
// memory can; a launch takes as long as 48 KiB for each multiprocessor. Fewer chunks than half the teams are found in L1.
[[maybe_unused]] static normc_split normc_hold(normc_split split, int64_t runs, int64_t length, const normc_holding &how,
                                               const normc_gpu &gpu) {
  const int64_t whole = normc_most(1, normc_least(32, 2048 / normc_most(length, 1)));
  const int64_t chunks = normc_times(normc_ceil(length, 2048), normc_ceil(runs, whole)), points = normc_times(runs, length);
  const int64_t rounds = (gpu.shared_per_block - how.static_bytes) / how.round_bytes, all = gpu.multiprocessors;
  if (split.groups == 0 || 2 * chunks <= how.teams || normc_times(split.groups, points) > INT64_C(1) << 30 ||
      normc_rounds(1, runs, length, how.width) > rounds)
    return split;
  int64_t shift = 0;
  while (how.teams << shift < chunks && normc_rounds(INT64_C(2) << shift, runs, length, how.width) <= rounds)
    ++shift;
  auto blocks = [&] {
    const int64_t some = normc_ceil(chunks, how.teams << shift);
    int64_t power = 1;
    while (power < some)
      power *= 2;
    return how.clusters && power <= 8 ? power : some;
  };
  // Few groups are spread over more multiprocessors.
  while (how.shares && shift > 0 && 2 * normc_times(split.groups, blocks()) <= all)
    --shift;
  const int64_t each = blocks(), groups = split.groups, most = how.shares ? all : 1;
  const int32_t form = how.clusters && each <= 8 && (how.shares || each == 1) ? 1 : how.grids && each <= most ? 2 : 0;
  if (form == 0)
    return split;
  const bool meets = form == 2 && each > 1;
  const int64_t turns = meets ? normc_ceil(groups, all / each) : normc_ceil(groups * each, all);
  if (normc_times(turns * how.once, normc_ceil(points, each)) / 2 >
      normc_times(groups * how.again, points) / all + (split.whole ? 0 : how.launches * (48 << 10)))
    return split;
  split.held = form;
  split.held_shift = shift;
  split.held_blocks = each;
  split.held_grid = each * normc_least(groups, meets ? all / each : INT32_MAX / each);
  split.held_shared = normc_rounds(INT64_C(1) << shift, runs, length, how.width) * how.round_bytes;
  return split;
}
[[maybe_unused]] static normc_split normc_columns_split(int64_t outer, int64_t columns, int64_t positions, int64_t teams,
                                                        bool stages, const normc_gpu &gpu) {
  normc_split split = {};
  const int64_t lanes = normc_row_lanes(columns);
  split.groups = normc_times(outer, columns);
  split.items = normc_times(outer, normc_ceil(columns, lanes > 1 ? normc_most(columns, 1) : 128));
  normc_divide(split, normc_ceil(positions, 32 * lanes), teams, stages, gpu);
  split.whole_blocks = normc_blocks(split.items, 1);
  return split;
}
)";

std::string gpuPlanHelpers() { return helpers; }

/// `const normc_split split = ..` in a case, where what follows needs it.
static std::string splitText(const ptx::LaunchPlan &plan, int kernel, llvm::StringRef uses) {
  if (kernel < 0 || !uses.contains("split"))
    return "";
  return fmt::format("    const normc_split split = {};\n", plan.kernels[kernel].split);
}

static std::string temporariesFunction(const std::string &prefix, const ptx::LaunchPlan &plan) {
  std::string cases;
  for (auto [index, temporary] : llvm::enumerate(plan.temporaries))
    cases += fmt::format("  {{ // {}\n{}    temporaries[{}] = {{normc_most({}, 8), {}, 0}};\n  }}\n",
                         identifier(temporary.name), splitText(plan, temporary.kernel, temporary.bytes), index,
                         temporary.bytes, int(temporary.zeroed));
  return fmt::format("static int32_t {}_temporaries(const int64_t *symbols, const normc_gpu *gpu, normc_temporary *temporaries, "
                     "char *, size_t) {{\n  (void)symbols, (void)gpu, (void)temporaries;\n{}  return 0;\n}}\n",
                     prefix, cases);
}

static std::string launchFunction(const std::string &prefix, const ptx::LaunchPlan &plan) {
  std::string buffers, cases;
  for (auto [index, launch] : llvm::enumerate(plan.launches)) {
    std::string list;
    for (int32_t buffer : launch.buffers)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", buffer);
    const std::string name = fmt::format("{}_{}_buffers", prefix, index);
    buffers += fmt::format("static const int32_t {}[] = {{{}}};\n", name, list.empty() ? "0" : list);

    const ptx::KernelSplit &kernel = plan.kernels[launch.kernel];
    std::string function;
    if (launch.name.empty() || launch.wideName.empty())
      function = stringLiteral(launch.name.empty() ? launch.wideName : launch.name);
    else
      function = fmt::format("{} > {} ? {} : {}", kernel.points, ptx::narrowPoints, stringLiteral(launch.wideName),
                             stringLiteral(launch.name));
    std::string grid = fmt::format("normc_least({}, INT32_MAX)", launch.blocks);
    if (!launch.condition.empty())
      grid = fmt::format("{} ? {} : 0", launch.condition, grid);
    std::string body = fmt::format("    launch->kernel = {};\n    launch->grid = {};\n    launch->block = {};\n"
                                   "    launch->buffers = {};\n    launch->buffer_count = {};\n",
                                   function, grid, launch.threads, name, launch.buffers.size());
    static constexpr const char *scalars[] = {"shift", "blocks"};
    for (unsigned k = 0; k < launch.scalars; ++k)
      body += fmt::format("    launch->scalars[{}] = split.{}{};\n", k, launch.isHeld ? "held_" : "", scalars[k]);
    for (auto [field, text] : {std::pair("shared", &launch.shared), std::pair("cluster", &launch.cluster),
                               std::pair("cooperative", &launch.cooperative)})
      if (!text->empty())
        body += fmt::format("    launch->{} = int32_t({});\n", field, *text);
    body += fmt::format("    launch->scalar_count = {};\n", launch.scalars);
    cases += fmt::format("  case {}: {{ // {}: {}\n{}{}    break;\n  }}\n", index, identifier(kernel.name), launch.what,
                         splitText(plan, launch.kernel, body), body);
  }
  return fmt::format("{}static int32_t {}_launch(const int64_t *symbols, const normc_gpu *gpu, int32_t index, normc_launch *launch, "
                     "char *, size_t) {{\n  (void)symbols, (void)gpu;\n  *launch = {{}};\n  launch->cluster = 1;\n"
                     "  switch (index) {{\n{}  default:\n    break;\n  }}\n  return 0;\n}}\n",
                     buffers, prefix, cases);
}

std::string emitGpuPlan(const std::string &prefix, const ptx::LaunchPlan &plan) {
  const std::string own = prefix + "_gpu";
  return temporariesFunction(own, plan) + launchFunction(own, plan) +
         fmt::format("static const normc_gpu_plan {} = {{{}, {}, {}_temporaries, {}_launch}};\n", own,
                     plan.temporaries.size(), plan.launches.size(), own, own);
}

std::string emitTextConstant(const std::string &name, const std::string &text) {
  std::string lines;
  llvm::StringRef rest = text;
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    lines += "  " + stringLiteral(line.str() + "\n") + "\n";
    rest = next;
  }
  return fmt::format("static const char {}[] =\n{}  ;\n", name, lines.empty() ? "  \"\"\n" : lines);
}

} // namespace normc::manifest
