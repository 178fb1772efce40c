//===- EmitTable.cpp - the table that a module exports -------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Names.h"
#include "compiler/Backends/Manifest/EmitGpuPlan.h"
#include "compiler/Backends/Manifest/Manifest.h"
#include "runtime/simt_hooks.h"

#include <fmt/format.h>

using namespace normc::cpp;

namespace normc::manifest {

// As in runtime/module_format.h, which explains it.
static constexpr const char *declarations = R"(
#include <cstdint>
#include <cstdio>
#ifndef NORMC_RUNTIME_MODULE_FORMAT_H
extern "C" {
typedef struct normc_value {
  const char *name;
  int32_t type;
  int32_t role;
  int32_t position;
  int32_t flags;
  int32_t updates;
  int32_t rank;
  const int64_t *extents;
  int32_t shard;
  int32_t reserved;
  int64_t joined;
} normc_value;
typedef int32_t (*normc_entry_function)(void *const *buffers, const int64_t *symbols, const normc_context *context);
typedef struct normc_traffic {
  int64_t read;
  int64_t written;
  int64_t minimum_read;
  int64_t minimum_written;
} normc_traffic;
typedef void (*normc_traffic_function)(const int64_t *symbols, normc_traffic *traffic);
typedef struct normc_gpu {
  uint32_t version;
  int32_t capability;
  int32_t multiprocessors;
  int32_t shared_per_block;
  int64_t l2_bytes;
} normc_gpu;
typedef struct normc_temporary {
  int64_t bytes;
  int32_t zeroed;
  int32_t reserved;
} normc_temporary;
typedef struct normc_launch {
  const char *kernel;
  int64_t grid;
  int32_t block;
  int32_t shared;
  int32_t cluster;
  int32_t cooperative;
  int32_t buffer_count;
  int32_t scalar_count;
  const int32_t *buffers;
  int64_t scalars[8];
} normc_launch;
typedef struct normc_gpu_plan {
  int32_t temporary_count;
  int32_t launch_count;
  int32_t (*temporaries)(const int64_t *symbols, const normc_gpu *gpu, normc_temporary *temporaries, char *message,
                         size_t message_size);
  int32_t (*launch)(const int64_t *symbols, const normc_gpu *gpu, int32_t index, normc_launch *launch, char *message,
                    size_t message_size);
} normc_gpu_plan;
typedef struct normc_entry {
  const char *name;
  int32_t argument_count;
  int32_t result_count;
  int32_t symbol_count;
  int32_t reserved;
  const normc_value *arguments;
  const normc_value *results;
  normc_entry_function run;
  normc_traffic_function traffic;
  const normc_gpu_plan *gpu;
} normc_entry;
typedef struct normc_gradient {
  const char *name;
  int32_t forward;
  int32_t backward;
  int32_t argument_count;
  int32_t result_count;
  int32_t symbol_count;
  int32_t reserved;
  const normc_value *arguments;
  const normc_value *results;
} normc_gradient;
typedef struct normc_simt_module normc_simt_module;
typedef struct normc_module {
  uint32_t version;
  int32_t entry_count;
  int32_t gradient_count;
  int32_t reserved;
  const char *instruction_sets;
  const normc_entry *entries;
  const normc_gradient *gradients;
  const char *ptx;
  const char *ptx_target;
  const normc_simt_module *simt;
} normc_module;
}
#endif

// Sums and products of numbers that are not negative; what 64 bits do not hold stays at the largest that they do.
[[maybe_unused]] static int64_t normc_plus(int64_t a, int64_t b) {
  int64_t c;
  return __builtin_add_overflow(a, b, &c) ? INT64_MAX : c;
}
[[maybe_unused]] static int64_t normc_times(int64_t a, int64_t b) {
  int64_t c;
  return __builtin_mul_overflow(a, b, &c) ? INT64_MAX : c;
}

// What the compiler was told to use.
static constexpr char instruction_sets[] = ""
)";

/// Instruction sets by the macro that GCC and Clang define, and by the name that the runtime knows.
static std::string instructionSets() {
  static constexpr std::pair<const char *, const char *> sets[] = {
      {"__SSE4_2__", "sse4.2"},         {"__AVX__", "avx"},           {"__AVX2__", "avx2"},
      {"__FMA__", "fma"},               {"__F16C__", "f16c"},         {"__BMI2__", "bmi2"},
      {"__AVX512F__", "avx512f"},       {"__AVX512DQ__", "avx512dq"}, {"__AVX512BW__", "avx512bw"},
      {"__AVX512VL__", "avx512vl"},     {"__AVX512CD__", "avx512cd"}, {"__AVX512BF16__", "avx512bf16"},
      {"__AVX512FP16__", "avx512fp16"}, {"__AVXVNNI__", "avxvnni"},   {"__AVX512VBMI__", "avx512vbmi"},
      {"__AVX512VBMI2__", "avx512vbmi2"}, {"__AVX512IFMA__", "avx512ifma"}, {"__AVX512VNNI__", "avx512vnni"}};
  std::string text;
  for (auto [macro, name] : sets)
    text += fmt::format("#ifdef {}\n  \"{} \"\n#endif\n", macro, name);
  return text + "  ;\n";
}

static std::string valueTable(const std::string &name, const std::vector<Value> &values) {
  if (values.empty())
    return "";
  std::string extents, rows;
  for (auto [index, value] : llvm::enumerate(values)) {
    std::string list;
    for (int64_t extent : value.extents)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", extent);
    extents += fmt::format("static const int64_t {}_{}[] = {{{}}};\n", name, index, list);
    rows += fmt::format("    {{{}, {}, {}, {}, {}, {}, {}, {}_{}, {}, 0, {}}},\n", stringLiteral(value.name), value.type,
                        value.role, value.position, value.flags, value.updates, value.extents.size(), name, index, value.shard,
                        value.joined);
  }
  return fmt::format("{}static const normc_value {}[] = {{\n{}}};\n", extents, name, rows);
}

static std::string valueTables(const std::string &prefix, const Function &function) {
  return valueTable(prefix + "_arguments", function.arguments) + valueTable(prefix + "_results", function.results);
}

static std::string reference(const std::string &prefix, const char *what, const std::vector<Value> &values) {
  return values.empty() ? "nullptr" : fmt::format("{}_{}", prefix, what);
}

static const char *elementName(int32_t type) {
  switch (type) {
  case NORMC_F32:
    return "float";
  case NORMC_F64:
    return "double";
  case NORMC_I32:
    return "int32_t";
  case NORMC_I64:
    return "int64_t";
  case NORMC_I1:
    return "uint8_t";
  default:
    return "uint16_t";
  }
}

/// A function of the table's type that calls an entry.
static std::string adapter(const std::string &prefix, const Function &entry, const std::string &function) {
  std::string arguments;
  for (int32_t symbol = 0; symbol < entry.symbols; ++symbol)
    arguments += fmt::format("symbols[{}], ", symbol);
  size_t buffer = 0;
  for (const Value &value : entry.arguments)
    arguments += fmt::format("static_cast<const {} *>(buffers[{}]), ", elementName(value.type), buffer++);
  for (const Value &value : entry.results)
    arguments += fmt::format("static_cast<{} *>(buffers[{}]), ", elementName(value.type), buffer++);
  return fmt::format("static int32_t {}_run(void *const *{}, const int64_t *{}, const normc_context *context) {{\n"
                     "  return {}({}context);\n}}\n",
                     prefix, buffer ? "buffers" : "", entry.symbols ? "symbols" : "", function, arguments);
}

/// `768 * n0 + 512` ==> `normc_plus(normc_times(768, symbols[0]), 512)`
static std::string formula(const kernel::Bytes &bytes) {
  std::string text;
  for (const auto &[symbols, coefficient] : bytes.getTerms()) {
    std::string term = fmt::format("{}", coefficient);
    for (int64_t symbol : symbols)
      term = fmt::format("normc_times({}, symbols[{}])", term, symbol);
    text = text.empty() ? term : fmt::format("normc_plus({}, {})", text, term);
  }
  return text.empty() ? "0" : text;
}

static std::string trafficFunction(const std::string &prefix, const Function &entry) {
  const kernel::Traffic &traffic = entry.traffic;
  return fmt::format("static void {}_traffic(const int64_t *{}, normc_traffic *traffic) {{\n"
                     "  traffic->read = {};\n  traffic->written = {};\n"
                     "  traffic->minimum_read = {};\n  traffic->minimum_written = {};\n}}\n",
                     prefix, entry.symbols ? "symbols" : "", formula(traffic.read), formula(traffic.written),
                     formula(traffic.minimumRead), formula(traffic.minimumWritten));
}

std::string emitTable(const Manifest &manifest, const llvm::StringMap<std::string> &entries) {
  std::string tables, rows, gradientRows;
  if (manifest.gpu)
    tables += gpuPlanHelpers() + emitTextConstant("normc_ptx", manifest.gpu->ptx);
  for (auto [index, entry] : llvm::enumerate(manifest.entries)) {
    // A digit, with which no function that is named after a user's can begin.
    std::string prefix = fmt::format("normc_{}_entry", index);
    tables += "\n" + valueTables(prefix, entry) + adapter(prefix, entry, entries.lookup(entry.name)) +
              trafficFunction(prefix, entry);
    if (manifest.gpu)
      tables += emitGpuPlan(prefix, manifest.gpu->plans.at(entry.name));
    rows += fmt::format("    {{{}, {}, {}, {}, 0, {}, {}, {}_run, {}_traffic, {}}},\n", stringLiteral(entry.name),
                        entry.arguments.size(), entry.results.size(), entry.symbols,
                        reference(prefix, "arguments", entry.arguments), reference(prefix, "results", entry.results),
                        prefix, prefix, manifest.gpu ? "&" + prefix + "_gpu" : "nullptr");
  }
  for (auto [index, gradient] : llvm::enumerate(manifest.gradients)) {
    std::string prefix = fmt::format("normc_{}_gradient", index);
    tables += "\n" + valueTables(prefix, gradient);
    gradientRows +=
        fmt::format("    {{{}, {}, {}, {}, {}, {}, 0, {}, {}}},\n", stringLiteral(gradient.name), gradient.forward,
                    gradient.backward, gradient.arguments.size(), gradient.results.size(), gradient.symbols,
                    reference(prefix, "arguments", gradient.arguments), reference(prefix, "results", gradient.results));
  }
  tables += fmt::format("\nstatic const normc_entry normc_entries[] = {{\n{}}};\n", rows);
  if (!gradientRows.empty())
    tables += fmt::format("static const normc_gradient normc_gradients[] = {{\n{}}};\n", gradientRows);
  // Defined by the object file of the twins, which is linked to this one.
  if (manifest.hostTwins)
    tables += fmt::format("extern \"C\" const normc_simt_module {};\n", NORMC_SIMT_SYMBOL);
  tables += fmt::format("static const normc_module normc_table = {{{}, {}, {}, 0, instruction_sets, normc_entries, {}, "
                        "{}, {}, {}}};\n\nextern \"C\" const normc_module *{}(void) {{ return &normc_table; }}\n",
                        NORMC_MODULE_VERSION, manifest.entries.size(), manifest.gradients.size(),
                        gradientRows.empty() ? "nullptr" : "normc_gradients", manifest.gpu ? "normc_ptx" : "nullptr",
                        manifest.gpu ? stringLiteral(manifest.gpu->target) : "nullptr",
                        manifest.hostTwins ? "&" NORMC_SIMT_SYMBOL : "nullptr", NORMC_MODULE_SYMBOL);
  return declarations + instructionSets() + tables;
}

} // namespace normc::manifest
