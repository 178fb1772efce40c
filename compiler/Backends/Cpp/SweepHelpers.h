//===- SweepHelpers.h - what emitted sweeps are written with --------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef NORMC_COMPILER_BACKENDS_CPP_SWEEPHELPERS_H
#define NORMC_COMPILER_BACKENDS_CPP_SWEEPHELPERS_H

namespace normc::cpp {

// C++ text, one for each helper of that name: the order of sums and who does what; lanes; monoids; trees of chunks, for one group and
// for many; memory of each thread; sums that ride along; stores past the caches.
extern const char *const sweepsHelper;
extern const char *const lanesHelper;
extern const char *const sumHelper;
extern const char *const momentsHelper;
extern const char *const maximumHelper;
extern const char *const minimumHelper;
extern const char *const treeHelper;
extern const char *const ownHelper;
extern const char *const tilesHelper;
extern const char *const columnsHelper;
extern const char *const streamingHelper;

} // namespace normc::cpp

#endif // NORMC_COMPILER_BACKENDS_CPP_SWEEPHELPERS_H
