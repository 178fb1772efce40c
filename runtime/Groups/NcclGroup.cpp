//===- NcclGroup.cpp - ranks that are GPUs ----------------------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/NcclGroup.h"

#include "runtime/Groups/LocalGroup.h"
#include "runtime/Groups/MpiGroup.h"
#include "runtime/Groups/NcclLibrary.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace normc::runtime {

namespace {

class NcclGroup : public Group {
public:
  /// `control` is the same rank, by other means; `device` counts the GPUs of this machine.
  NcclGroup(std::unique_ptr<Group> control, Checking checking, std::shared_ptr<const NcclLibrary> library, int device)
      : Group(control->getRank(), control->getSize(), checking), control(std::move(control)), library(std::move(library)),
        device(device) {
    offerDevice();
  }

  ~NcclGroup() override {
    if (!context || library->setContext(context) != 0)
      return;
    if (communicator)
      isBroken ? library->ncclCommAbort(communicator) : library->ncclCommDestroy(communicator);
    if (buffer)
      library->release(buffer);
    if (stream)
      library->destroyStream(stream);
  }

  void abandon(const std::string &reason) override {
    Group::abandon(reason);
    control->abandon(reason);
    isBroken = true;
  }

protected:
  Status run(const Fingerprint &print, const Part &part) override {
    Status status = checking.isOn ? control->agree(print) : Status();
    if (!status)
      status = gather(part);
    if (!status)
      return {};
    isBroken = true;
    return status.getCode() == NORMRT_COLLECTIVE && status.getMessage().compare(0, 4, "rank") == 0
               ? status
               : badCollective("'" + std::string(part.operation) + "' on rank " + std::to_string(getRank()) + ": " + status.getMessage());
  }

private:
  /// By the thread of this rank: a communicator waits for all of its ranks.
  Status start() {
    if (Status failed = library->cuda(library->retainContext(&context, device), "cuDevicePrimaryCtxRetain"))
      return failed;
    if (Status failed = library->cuda(library->setContext(context), "cuCtxSetCurrent"))
      return failed;
    constexpr unsigned nonBlocking = 1;
    if (Status failed = library->cuda(library->createStream(&stream, nonBlocking), "cuStreamCreate"))
      return failed;
    NcclId id = {};
    if (getRank() == 0)
      if (Status failed = library->nccl(library->ncclGetUniqueId(&id), "ncclGetUniqueId"))
        return failed;
    std::vector<NcclId> ids(static_cast<size_t>(getSize()));
    if (Status failed = control->allGather({"the id of NCCL's communicator", NORMC_I1, sizeof id, &id, ids.data(), false}))
      return failed;
    return library->nccl(library->ncclCommInitRank(&communicator, getSize(), ids[0], getRank()), "ncclCommInitRank");
  }

  Status gather(const Part &part) {
    if (!communicator)
      if (Status failed = start())
        return failed;
    if (Status failed = library->cuda(library->setContext(context), "cuCtxSetCurrent"))
      return failed;
    const size_t bytes = size_t(part.bytes());
    if (part.isOnDevice)
      return send(part.mine, part.all, bytes);
    if (Status failed = reserve(bytes * (size_t(getSize()) + 1)))
      return failed;
    if (Status failed = library->cuda(library->copyToDevice(buffer, part.mine, bytes), "cuMemcpyHtoD"))
      return failed;
    const DevicePointer all = buffer + bytes;
    if (Status failed = send(reinterpret_cast<const void *>(buffer), reinterpret_cast<void *>(all), bytes))
      return failed;
    return library->cuda(library->copyToHost(part.all, all, bytes * size_t(getSize())), "cuMemcpyDtoH");
  }

  Status send(const void *mine, void *all, size_t bytes) {
    constexpr int ofBytes = 0; // ncclInt8
    if (Status failed = library->nccl(library->ncclAllGather(mine, all, bytes, ofBytes, communicator, stream), "ncclAllGather"))
      return failed;
    // Not a synchronization, which would never return where a rank is lost.
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(checking.seconds);
    for (int polls = 0;; ++polls) {
      const int state = library->queryStream(stream);
      if (state != cudaNotReady)
        return library->cuda(state, "ncclAllGather");
      int lost = 0;
      if (Status failed = library->nccl(library->ncclCommGetAsyncError(communicator, &lost), "ncclCommGetAsyncError"))
        return failed;
      if (Status failed = library->nccl(lost, "ncclAllGather"))
        return failed;
      if (checking.isOn && std::chrono::steady_clock::now() > end)
        return badCollective("ncclAllGather has not ended within " + secondsText(checking.seconds));
      if (polls > 200)
        std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }

  /// Memory of the GPU through which the host's goes.
  Status reserve(size_t bytes) {
    if (bytes <= reserved)
      return {};
    if (buffer)
      library->release(buffer);
    buffer = reserved = 0;
    if (Status failed = library->cuda(library->allocate(&buffer, bytes), "cuMemAlloc"))
      return failed;
    reserved = bytes;
    return {};
  }

  std::unique_ptr<Group> control;
  std::shared_ptr<const NcclLibrary> library;
  int device;
  CudaContext context = nullptr;
  CudaStream stream = nullptr;
  NcclComm communicator = nullptr;
  DevicePointer buffer = 0;
  size_t reserved = 0;
  bool isBroken = false;
};

/// A number that a launcher of MPI leaves in the environment; -1 where there is none.
int fromLauncher(std::initializer_list<const char *> names) {
  for (const char *name : names)
    if (const char *text = std::getenv(name); text && *text)
      return std::atoi(text);
  return -1;
}

} // namespace

Status openNcclGroup(int32_t ranks, Checking checking, std::vector<std::unique_ptr<Group>> &groups) {
  auto library = std::make_shared<NcclLibrary>();
  if (Status failed = NcclLibrary::open(*library))
    return failed;
  int devices = 0;
  if (library->init(0) != 0 || library->countDevices(&devices) != 0 || devices < 1)
    return badArgument("there is no group 'nccl': there is no GPU");
  std::vector<std::unique_ptr<Group>> controls;
  int first = 0;
  if (ranks == 1 && fromLauncher({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}) > 1) {
    controls.resize(1);
    if (Status failed = openMpiGroup(checking, controls[0]))
      return failed;
    first = std::max(0, fromLauncher({"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID"}));
  } else {
    controls = openLocalGroup(ranks, checking);
  }
  if (first + ranks > devices)
    return badArgument("a group 'nccl' has one GPU for each rank, but of " + std::to_string(first + ranks) + " there are " +
                       std::to_string(devices));
  std::vector<std::unique_ptr<Group>> opened;
  for (int32_t index = 0; index < ranks; ++index) {
    int device = 0;
    if (Status failed = library->cuda(library->getDevice(&device, first + index), "cuDeviceGet"))
      return failed;
    opened.push_back(std::make_unique<NcclGroup>(std::move(controls[size_t(index)]), checking, library, device));
  }
  groups = std::move(opened);
  return {};
}

} // namespace normc::runtime
