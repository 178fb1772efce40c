//===- LocalGroup.cpp - ranks that are threads of one process ---*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/LocalGroup.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>

namespace normc::runtime {

namespace {

/// One collective: what each rank has brought to it. It lives until the last rank has read it, while the next may have begun.
struct Round {
  explicit Round(size_t ranks) : prints(ranks), attendance(ranks, Attendance::missing), parts(ranks) {}

  bool isComplete() const {
    return std::count(attendance.begin(), attendance.end(), Attendance::here) == std::ptrdiff_t(attendance.size());
  }

  std::vector<Fingerprint> prints;
  std::vector<Attendance> attendance;
  std::vector<std::vector<char>> parts;
};

/// Where the ranks meet.
struct Meeting {
  explicit Meeting(size_t ranks) : left(ranks, false), round(std::make_shared<Round>(ranks)) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<bool> left;
  std::shared_ptr<Round> round;
  Status broken; ///< what all ranks are told once one of them has failed
};

class LocalGroup : public Group {
public:
  LocalGroup(int32_t rank, int32_t size, Checking checking, std::shared_ptr<Meeting> meeting)
      : Group(rank, size, checking), meeting(std::move(meeting)) {}

  ~LocalGroup() override {
    std::lock_guard<std::mutex> lock(meeting->mutex);
    meeting->left[getRank()] = true;
    meeting->changed.notify_all();
  }

  void abandon(const std::string &reason) override {
    Group::abandon(reason);
    std::lock_guard<std::mutex> lock(meeting->mutex);
    if (!meeting->broken)
      meeting->broken = badCollective("rank " + std::to_string(getRank()) + " failed: " + reason);
    meeting->changed.notify_all();
  }

protected:
  Status run(const Fingerprint &print, const Part &part) override {
    std::unique_lock<std::mutex> lock(meeting->mutex);
    if (meeting->broken)
      return meeting->broken;
    std::shared_ptr<Round> round = meeting->round;
    const size_t bytes = size_t(part.bytes());
    round->prints[getRank()] = print;
    round->parts[getRank()].assign(static_cast<const char *>(part.mine), static_cast<const char *>(part.mine) + bytes);
    round->attendance[getRank()] = Attendance::here;
    if (round->isComplete())
      meeting->round = std::make_shared<Round>(size_t(getSize()));
    meeting->changed.notify_all();
    auto isDecided = [&] { return round->isComplete() || meeting->broken || isDeserted(*round); };
    if (checking.isOn)
      meeting->changed.wait_for(lock, std::chrono::duration<double>(checking.seconds), isDecided);
    else
      meeting->changed.wait(lock, isDecided);
    if (!round->isComplete() && meeting->broken)
      return meeting->broken;

    if (Status failed = compareFingerprints(round->prints, round->attendance, print, checking.seconds)) {
      if (!meeting->broken)
        meeting->broken = failed;
      meeting->changed.notify_all();
      return meeting->broken;
    }
    lock.unlock();
    char *all = static_cast<char *>(part.all);
    for (const std::vector<char> &other : round->parts) {
      std::copy(other.begin(), other.end(), all);
      all += bytes;
    }
    return {};
  }

private:
  /// Whether a rank has left that has not come.
  bool isDeserted(Round &round) const {
    bool found = false;
    for (size_t rank = 0; rank < meeting->left.size(); ++rank)
      if (meeting->left[rank] && round.attendance[rank] == Attendance::missing) {
        round.attendance[rank] = Attendance::left;
        found = true;
      }
    return found;
  }

  std::shared_ptr<Meeting> meeting;
};

} // namespace

std::vector<std::unique_ptr<Group>> openLocalGroup(int32_t size, Checking checking) {
  auto meeting = std::make_shared<Meeting>(size_t(size));
  std::vector<std::unique_ptr<Group>> groups;
  for (int32_t rank = 0; rank < size; ++rank)
    groups.push_back(std::make_unique<LocalGroup>(rank, size, checking, meeting));
  return groups;
}

} // namespace normc::runtime
