//===- Chunks.cpp - where the chunks of a sweep lie ----------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Backends/Cpp/Chunks.h"

#include <algorithm>
#include <fmt/format.h>

namespace normc::cpp {

Count Count::of(int64_t number) { return {fmt::format("{}", number), number}; }

std::string Count::factor() const { return text.find(' ') == std::string::npos ? text : "(" + text + ")"; }

static Count product(const Count &a, const Count &b) {
  if (a.number >= 0 && b.number >= 0)
    return Count::of(a.number * b.number);
  if (a.number == 1 || b.number == 1)
    return a.number == 1 ? b : a;
  return {a.factor() + " * " + b.factor(), -1};
}

/// a / b, rounded up.
static Count quotient(const Count &a, const Count &b) {
  if (a.number >= 0 && b.number >= 0)
    return Count::of((a.number + b.number - 1) / b.number);
  if (b.number >= 0)
    return b.number == 1 ? a : Count{fmt::format("({} + {}) / {}", a.text, b.number - 1, b.number), -1};
  return {fmt::format("({} + {} - 1) / {}", a.text, b.text, b.factor()), -1};
}

/// A chunk has min(32, 2048 / length) runs, one at least, and its head as many as have 128 points.
Chunks Chunks::ofRuns(Count runs, Count length) {
  if (length.number >= 0) {
    const int64_t some = std::max<int64_t>(length.number, 1);
    return Chunks(runs, length, Count::of(std::clamp<int64_t>(2048 / some, 1, 32)), Count::of((127 + some) / some),
                  Count::of((length.number + 2047) / 2048));
  }
  if (runs.number == 1)
    return Chunks(runs, length, Count::of(1), Count::of(1), {"pieces", -1});
  return Chunks(runs, length, {"whole", -1}, {"(127 + some) / some", -1}, {"pieces", -1});
}

/// A chunk has 32 rows for each row of lanes, and its head four.
Chunks Chunks::ofRows(Count rows, Count lanes) {
  auto times = [&](int64_t factor) {
    return lanes.number >= 0 ? Count::of(factor * lanes.number) : Count{fmt::format("{} * {}", factor, lanes.text), -1};
  };
  return Chunks(rows, Count::of(1), times(32), times(4), Count::of(1));
}

Chunks::Chunks(Count runs, Count length, Count perChunk, Count perHead, Count pieces) : perChunk(perChunk) {
  if (pieces.number < 0) {
    if (perChunk.number < 0) {
      before.push_back(fmt::format("const int64_t some = std::max<int64_t>({}, 1);", length.text));
      before.push_back("const int64_t whole = std::max<int64_t>(1, std::min<int64_t>(32, 2048 / some)); // runs of a chunk");
    }
    before.push_back(fmt::format("const int64_t pieces = std::max<int64_t>(1, ({} + 2047) / 2048); // of a run", length.text));
  }
  chunks = product(pieces, quotient(runs, perChunk));
  isMaybeEmpty = chunks.number < 1;
  // No points are one chunk, too.
  if (chunks.number == 0)
    chunks = Count::of(1);
  if (chunks.number < 0) {
    if (chunks.text != "pieces")
      before.push_back(fmt::format("const int64_t chunks = std::max<int64_t>(1, {});", chunks.text));
    chunks.text = chunks.text == "pieces" ? "pieces" : "chunks";
  }
  auto [runsOfChunk, runsOfHead] = placeRuns(runs, perChunk, perHead, pieces);
  auto [pointsOfChunk, pointsOfHead] = placePoints(runs, length, pieces);
  whole.points = product(runsOfChunk, pointsOfChunk);
  start.points = product(runsOfHead, pointsOfHead);
}

/// The smaller of a variable's sum and a count.
static std::string least(const std::string &sum, const Count &count) {
  return fmt::format("std::min{}({}, {})", count.number < 0 ? "" : "<int64_t>", sum, count.text);
}

std::vector<std::string> Chunks::placeOfChunk(bool withHead) const {
  std::vector<std::string> lines;
  auto declare = [&](const std::string &names) {
    if (!names.empty())
      lines.push_back("const int64_t " + names + ";");
  };
  for (const Place &place : inside) {
    const bool isShort = !place.chunk.empty() && place.chunk.size() + place.head.size() < 96;
    if (withHead && isShort && !place.head.empty()) {
      declare(place.chunk + ", " + place.head);
      continue;
    }
    declare(place.chunk);
    if (withHead)
      declare(place.head);
  }
  return lines;
}

std::pair<Count, Count> Chunks::placeRuns(const Count &runs, const Count &perChunk, const Count &perHead, const Count &pieces) {
  const std::string number = pieces.number == 0 || pieces.number == 1 ? "c" : "c / " + pieces.text;
  whole.first = start.first = "0";
  whole.last = start.last = runs.text;
  if (runs.number == 1)
    return {runs, runs};
  if (perChunk.number == 1) {
    runOfChunk = number;
    return {perChunk, perChunk};
  }
  Place &place = inside.emplace_back();
  Count ofChunk = runs;
  int64_t fewest = runs.number; // runs of a chunk
  if (!isSingle()) {
    whole.first = start.first = "first";
    place.chunk = fmt::format("first = {} * {}", number, perChunk.factor());
    if (runs.number > 0 && perChunk.number > 0 && runs.number % perChunk.number == 0) {
      whole.last = fmt::format("first + {}", perChunk.text);
      ofChunk = perChunk;
      fewest = perChunk.number;
    } else {
      place.chunk += fmt::format(", last = {}", least("first + " + perChunk.text, runs));
      whole.last = "last";
      ofChunk = {"last - first", -1};
      fewest = runs.number > 0 && perChunk.number > 0 ? runs.number % perChunk.number : 0;
    }
  }
  start.last = whole.last;
  if (perChunk.number >= 0 && perHead.number >= perChunk.number)
    return {ofChunk, ofChunk};
  const std::string end = isSingle() ? perHead.text : "first + " + perHead.text;
  if (perHead.number >= 0 && fewest >= perHead.number) {
    start.last = end;
    return {ofChunk, perHead};
  }
  if (isSingle() && runs.number <= perHead.number)
    return {ofChunk, ofChunk};
  place.head = fmt::format("head = {}", least(end, {whole.last, whole.last == "last" ? -1 : 1}));
  start.last = "head";
  return {ofChunk, {"head - first", -1}};
}

std::pair<Count, Count> Chunks::placePoints(const Count &runs, const Count &length, const Count &pieces) {
  whole.begin = start.begin = "0";
  whole.end = start.end = length.text;
  if (pieces.number == 0 || pieces.number == 1) {
    const Count head = length.number > 128 ? Count::of(128) : length;
    start.end = head.text;
    return {length, head};
  }
  whole.begin = start.begin = "begin";
  whole.end = "end";
  const int64_t left = length.number >= 0 ? length.number % 2048 : -1; // points of the last piece
  Place &place = inside.emplace_back();
  place.chunk = fmt::format("begin = {} * 2048, end = {}", runs.number == 1 ? "c" : "c % " + pieces.text,
                            left == 0 ? "begin + 2048" : least("begin + 2048", length));
  const Count points = left == 0 ? Count::of(2048) : Count{"end - begin", -1};
  if (left == 0 || left >= 128) {
    start.end = "begin + 128";
    return {points, Count::of(128)};
  }
  place.head = "head_end = std::min(begin + 128, end)";
  start.end = "head_end";
  return {points, {"head_end - begin", -1}};
}

} // namespace normc::cpp
