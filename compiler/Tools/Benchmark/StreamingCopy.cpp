//===- StreamingCopy.cpp - how fast memory is ----------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/Benchmark/StreamingCopy.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

using namespace llvm;

namespace normc {

static constexpr int64_t line = 64, block = 16384;
/// With less than this for each, waking a thread takes longer than its share.
static constexpr int64_t shareBytes = int64_t(1) << 16;
/// More memory than this tells nothing more about its speed.
static constexpr int64_t roundBytes = int64_t(1) << 30;

//===----------------------------------------------------------------------===//
// One block; numbers of bytes are multiples of a line
//===----------------------------------------------------------------------===//

namespace {

/// How blocks are moved with the widest vectors that this CPU has.
struct Mover {
  void (*copy)(const char *from, char *to, int64_t bytes); ///< past the caches
  void (*fill)(char *to, int64_t bytes);                   ///< with zeros, past the caches
  unsigned (*read)(const char *from, int64_t bytes);
};

[[maybe_unused]] unsigned readPlain(const char *from, int64_t bytes) {
  unsigned long long sum[8] = {};
  for (int64_t at = 0; at < bytes; at += line)
    for (int word = 0; word < 8; ++word) {
      unsigned long long value;
      std::memcpy(&value, from + at + 8 * word, 8);
      sum[word] ^= value;
    }
  unsigned long long all = 0;
  for (unsigned long long word : sum)
    all ^= word;
  return unsigned(all ^ (all >> 32));
}
void copyPlain(const char *from, char *to, int64_t bytes) {
  std::memcpy(to, from, size_t(bytes));
}
void fillPlain(char *to, int64_t bytes) {
  std::memset(to, 0, size_t(bytes));
}

#ifdef __x86_64__
// The same loops for each width: TARGET names the instructions, VECTOR the type, and the others what handles it.
#define NORMC_MOVER(NAME, TARGET, VECTOR, LOAD, STREAM, XOR, ZERO)                                                     \
  __attribute__((target(TARGET))) void copy##NAME(const char *from, char *to, int64_t bytes) {                         \
    const VECTOR *source = reinterpret_cast<const VECTOR *>(from);                                                     \
    VECTOR *target = reinterpret_cast<VECTOR *>(to);                                                                   \
    for (int64_t i = 0; i < bytes / line; ++i, source += line / sizeof(VECTOR), target += line / sizeof(VECTOR))       \
      for (size_t part = 0; part < line / sizeof(VECTOR); ++part)                                                      \
        STREAM(target + part, LOAD(source + part));                                                                    \
  }                                                                                                                    \
  __attribute__((target(TARGET))) void fill##NAME(char *to, int64_t bytes) {                                           \
    VECTOR *target = reinterpret_cast<VECTOR *>(to);                                                                   \
    for (int64_t i = 0; i < bytes / int64_t(sizeof(VECTOR)); ++i)                                                      \
      STREAM(target + i, ZERO());                                                                                      \
  }                                                                                                                    \
  __attribute__((target(TARGET))) unsigned read##NAME(const char *from, int64_t bytes) {                               \
    const VECTOR *source = reinterpret_cast<const VECTOR *>(from);                                                     \
    VECTOR even = ZERO(), odd = ZERO();                                                                                \
    for (int64_t i = 0; i + 2 <= bytes / int64_t(sizeof(VECTOR)); i += 2) {                                            \
      even = XOR(even, LOAD(source + i));                                                                              \
      odd = XOR(odd, LOAD(source + i + 1));                                                                            \
    }                                                                                                                  \
    if (bytes / sizeof(VECTOR) % 2)                                                                                    \
      even = XOR(even, LOAD(source + bytes / sizeof(VECTOR) - 1));                                                     \
    even = XOR(even, odd);                                                                                             \
    unsigned first;                                                                                                    \
    std::memcpy(&first, &even, sizeof first);                                                                          \
    return first;                                                                                                      \
  }
NORMC_MOVER(Sse, "sse2", __m128i, _mm_load_si128, _mm_stream_si128, _mm_xor_si128, _mm_setzero_si128)
NORMC_MOVER(Avx, "avx2", __m256i, _mm256_load_si256, _mm256_stream_si256, _mm256_xor_si256, _mm256_setzero_si256)
NORMC_MOVER(Avx512, "avx512f", __m512i, _mm512_load_si512, _mm512_stream_si512, _mm512_xor_si512, _mm512_setzero_si512)
#undef NORMC_MOVER

Mover widestMover() {
  if (__builtin_cpu_supports("avx512f"))
    return {copyAvx512, fillAvx512, readAvx512};
  if (__builtin_cpu_supports("avx2"))
    return {copyAvx, fillAvx, readAvx};
  return {copySse, fillSse, readSse};
}
void finishStores() {
  _mm_sfence();
}
#else
Mover widestMover() {
  return {copyPlain, fillPlain, readPlain};
}
void finishStores() {}
#endif

const Mover mover = widestMover();

} // namespace

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

int64_t privateCacheBytes() {
  int64_t bytes = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
  bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
  return bytes > 0 ? bytes : 1 << 20;
}

static int64_t roundUp(int64_t bytes, int64_t to) {
  return (bytes + to - 1) / to * to;
}

/// floor(share * part / whole), to a line.
static int64_t scale(int64_t share, int64_t part, int64_t whole) {
  return int64_t(static_cast<unsigned __int128>(share) * uint64_t(part) / uint64_t(whole)) / line * line;
}

/// The arrays' pages come to the threads that will use them.
static void touch(runtime::Buffer &buffer, int threads) {
  char *data = static_cast<char *>(buffer.data());
  const int64_t size = buffer.size();
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int64_t at = 0; at < size; at += block)
    std::memset(data + at, 1, size_t(std::min(block, size - at)));
}

Expected<StreamingCopy> StreamingCopy::create(int64_t read, int64_t written, int threads) {
  StreamingCopy copy;
  const int64_t shares = std::max(read, written) / shareBytes;
  threads = int(std::clamp<int64_t>(shares, 1, threads));
  copy.read = roundUp(read, line);
  copy.written = roundUp(written, line);
  copy.readRound = std::min(roundUp(read, block), roundBytes);
  copy.writtenRound = std::min(roundUp(written, block), roundBytes);
  copy.threads = threads;
  copy.bypass = written > 2 * threads * privateCacheBytes();
  // A block may begin anywhere in a round.
  if (!copy.source.allocate(copy.readRound + block) || !copy.target.allocate(copy.writtenRound + block))
    return createStringError(fmt::format("no memory for the copy that the kernels are held against: {} bytes",
                                         copy.readRound + copy.writtenRound));
  touch(copy.source, threads);
  touch(copy.target, threads);
  return copy;
}

/// The blocks from `from` to `to` of the longer side, and what belongs to them of the other.
void StreamingCopy::runShare(int64_t from, int64_t to, unsigned &found) {
  const int64_t whole = std::max(read, written);
  const char *in = static_cast<const char *>(source.data());
  char *out = static_cast<char *>(target.data());
  auto copyBlock = bypass ? mover.copy : copyPlain;
  auto fillBlock = bypass ? mover.fill : fillPlain;
  for (int64_t at = from; at < to; at += block) {
    const int64_t end = std::min(at + block, to);
    const int64_t readAt = scale(read, at, whole), writeAt = scale(written, at, whole);
    const int64_t reads = scale(read, end, whole) - readAt, writes = scale(written, end, whole) - writeAt;
    const int64_t both = std::min(reads, writes);
    const char *blockIn = in + readAt % (readRound ? readRound : 1);
    char *blockOut = out + writeAt % (writtenRound ? writtenRound : 1);
    copyBlock(blockIn, blockOut, both);
    found ^= mover.read(blockIn + both, reads - both);
    fillBlock(blockOut + both, writes - both);
  }
  finishStores();
}

void StreamingCopy::run() {
  const int64_t blocks = (std::max(read, written) + block - 1) / block, whole = std::max(read, written);
  unsigned all = 0;
#pragma omp parallel for num_threads(threads) schedule(static) reduction(^ : all)
  for (int thread = 0; thread < threads; ++thread)
    runShare(blocks * thread / threads * block, std::min(blocks * (thread + 1) / threads * block, whole), all);
  sink ^= all;
}

} // namespace normc
