//===- Cpu.cpp - the instruction sets of this CPU ---------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Cpu.h"

#include <vector>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

namespace normc::runtime {

#if defined(__x86_64__) || defined(__i386__)
enum Register { eax, ebx, ecx, edx };

static bool cpuidBit(unsigned leaf, unsigned subleaf, Register reg, unsigned bit) {
  unsigned values[4];
  return __get_cpuid_count(leaf, subleaf, &values[eax], &values[ebx], &values[ecx], &values[edx]) &&
         (values[reg] >> bit & 1) != 0;
}
#endif

Support instructionSetSupport(std::string_view name) {
#if defined(__x86_64__) || defined(__i386__)
  // __builtin_cpu_supports takes literals only.
  __builtin_cpu_init();
#define NORMC_INSTRUCTION_SET(NAME)                                                                                    \
  if (name == NAME)                                                                                                    \
    return __builtin_cpu_supports(NAME) ? Support::present : Support::absent;
  NORMC_INSTRUCTION_SET("mmx")
  NORMC_INSTRUCTION_SET("sse")
  NORMC_INSTRUCTION_SET("sse2")
  NORMC_INSTRUCTION_SET("sse3")
  NORMC_INSTRUCTION_SET("ssse3")
  NORMC_INSTRUCTION_SET("sse4.1")
  NORMC_INSTRUCTION_SET("sse4.2")
  NORMC_INSTRUCTION_SET("sse4a")
  NORMC_INSTRUCTION_SET("popcnt")
  NORMC_INSTRUCTION_SET("aes")
  NORMC_INSTRUCTION_SET("pclmul")
  NORMC_INSTRUCTION_SET("avx")
  NORMC_INSTRUCTION_SET("fma")
  NORMC_INSTRUCTION_SET("fma4")
  NORMC_INSTRUCTION_SET("xop")
  NORMC_INSTRUCTION_SET("bmi")
  NORMC_INSTRUCTION_SET("bmi2")
  NORMC_INSTRUCTION_SET("avx2")
  NORMC_INSTRUCTION_SET("gfni")
  NORMC_INSTRUCTION_SET("vpclmulqdq")
  NORMC_INSTRUCTION_SET("avx512f")
  NORMC_INSTRUCTION_SET("avx512cd")
  NORMC_INSTRUCTION_SET("avx512dq")
  NORMC_INSTRUCTION_SET("avx512bw")
  NORMC_INSTRUCTION_SET("avx512vl")
  NORMC_INSTRUCTION_SET("avx512ifma")
  NORMC_INSTRUCTION_SET("avx512vbmi")
  NORMC_INSTRUCTION_SET("avx512vbmi2")
  NORMC_INSTRUCTION_SET("avx512vnni")
  NORMC_INSTRUCTION_SET("avx512bitalg")
  NORMC_INSTRUCTION_SET("avx512vpopcntdq")
  NORMC_INSTRUCTION_SET("avx512bf16")
#undef NORMC_INSTRUCTION_SET
  // Not every Clang knows these by name. A vector set also needs the registers that the operating system keeps for its
  // base.
  auto answer = [](bool present) { return present ? Support::present : Support::absent; };
  if (name == "movbe")
    return answer(cpuidBit(1, 0, ecx, 22));
  if (name == "lzcnt")
    return answer(cpuidBit(0x80000001, 0, ecx, 5));
  if (name == "f16c")
    return answer(__builtin_cpu_supports("avx") && cpuidBit(1, 0, ecx, 29));
  if (name == "avxvnni")
    return answer(__builtin_cpu_supports("avx2") && cpuidBit(7, 1, eax, 4));
  if (name == "avx512fp16")
    return answer(__builtin_cpu_supports("avx512f") && cpuidBit(7, 0, edx, 23));
#elif defined(__aarch64__)
  // The base architecture has these.
  if (name == "fp" || name == "simd" || name == "neon")
    return Support::present;
#endif
  (void)name;
  return Support::unknown;
}

static std::string join(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

std::string missingInstructionSets(std::string_view names) {
  std::vector<std::string> absent, unknown;
  while (!names.empty()) {
    size_t end = names.find(' ');
    std::string_view name = names.substr(0, end);
    names.remove_prefix(end == std::string_view::npos ? names.size() : end + 1);
    if (name.empty())
      continue;
    Support support = instructionSetSupport(name);
    if (support == Support::absent)
      absent.emplace_back(name);
    else if (support == Support::unknown)
      unknown.emplace_back(name);
  }
  if (!absent.empty())
    return "was compiled for " + join(absent) + ", which this CPU does not have";
  if (!unknown.empty())
    return "was compiled for " + join(unknown) + ", which this runtime does not know on this CPU";
  return "";
}

} // namespace normc::runtime
