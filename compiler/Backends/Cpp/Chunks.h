//===- Chunks.h - where the chunks of a sweep lie ------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_CHUNKS_H
#define NORMC_COMPILER_BACKENDS_CPP_CHUNKS_H

#include <cstdint>
#include <string>
#include <vector>

namespace normc::cpp {

/// A number, as text; -1 where it is not known now.
struct Count {
  std::string text;
  int64_t number = -1;

  static Count of(int64_t number);
  /// A text that may be a sum, as a factor.
  std::string factor() const;
};

/// The points that are summed up for a group are cut into chunks: pieces of a run of more than 2,048 points, or whole runs (rows,
/// where the last axis is kept). What extents that are known now decide is no variable of the emitted code.
class Chunks {
public:
  /// Runs of `length` points.
  static Chunks ofRuns(Count runs, Count length);
  /// Rows, of which `lanes` are summed side by side.
  static Chunks ofRows(Count rows, Count lanes);

  /// Points from `begin` to `end` of the runs from `first` to `last`.
  struct Part {
    std::string first, last, begin, end;
    Count points;
  };
  /// Chunk c.
  const Part &chunk() const { return whole; }
  /// Its first 128 points or so, whose mean the others are compared with.
  const Part &head() const { return start; }

  /// Before the loop over chunks; within it: `const int64_t first = ..`, and so on, with where the head ends if that is wanted.
  std::vector<std::string> declarations() const { return before; }
  std::vector<std::string> placeOfChunk(bool withHead = false) const;
  const Count &count() const { return chunks; }
  /// Runs of each chunk but the last, where it is no piece of one.
  const Count &runsOfEach() const { return perChunk; }
  bool isSingle() const { return chunks.number == 1; }
  /// Chunks are parts of one run each; its number, as text.
  bool isInOneRun() const { return !runOfChunk.empty(); }
  const std::string &run() const { return runOfChunk; }
  /// Whether there may be no points at all.
  bool mayBeEmpty() const { return isMaybeEmpty; }

private:
  Chunks(Count runs, Count length, Count perChunk, Count perHead, Count pieces);
  /// Both return the runs, or points of a run, of a chunk and of its head.
  std::pair<Count, Count> placeRuns(const Count &runs, const Count &perChunk, const Count &perHead, const Count &pieces);
  std::pair<Count, Count> placePoints(const Count &runs, const Count &length, const Count &pieces);

  Count chunks, perChunk;
  Part whole, start;
  /// Names and their values, with those of the head; either may be empty.
  struct Place {
    std::string chunk, head;
  };
  std::vector<std::string> before;
  std::vector<Place> inside;
  std::string runOfChunk;
  bool isMaybeEmpty = false;
};

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_CHUNKS_H
