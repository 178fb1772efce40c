//===- MpiGroup.cpp - ranks that are processes of MPI -----------*- C++ -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/Groups/MpiGroup.h"

#include "runtime/Groups/mpi_plugin.h"

#include <cstdlib>
#include <dlfcn.h>
#include <sys/stat.h>

namespace normc::runtime {

namespace {

class MpiGroup : public Group {
public:
  MpiGroup(int32_t rank, int32_t size, Checking checking, const normc_mpi_plugin &plugin)
      : Group(rank, size, checking), plugin(plugin) {}

  ~MpiGroup() override { plugin.finish(isBroken); }

  void abandon(const std::string &reason) override {
    Group::abandon(reason);
    isBroken = true;
  }

protected:
  Status run(const Fingerprint &print, const Part &part) override {
    Status status = check(print);
    if (!status) {
      char message[NORMRT_MESSAGE_SIZE] = "";
      if (plugin.all_gather(part.mine, part.all, part.bytes(), message, sizeof message) != 0)
        status = badCollective("'" + std::string(part.operation) + "' on rank " + std::to_string(getRank()) + ": " + message);
    }
    isBroken |= bool(status);
    return status;
  }

private:
  Status check(const Fingerprint &print) {
    if (!checking.isOn)
      return {};
    std::vector<Fingerprint> prints(static_cast<size_t>(getSize()));
    std::vector<uint8_t> arrived(prints.size());
    char message[NORMRT_MESSAGE_SIZE] = "";
    if (plugin.exchange(&print, prints.data(), sizeof print, arrived.data(), checking.seconds, message, sizeof message) != 0)
      return badCollective("'" + std::string(print.operation) + "' on rank " + std::to_string(getRank()) + ": " + message);
    std::vector<Attendance> attendance;
    for (uint8_t isHere : arrived)
      attendance.push_back(isHere ? Attendance::here : Attendance::missing);
    return compareFingerprints(prints, attendance, print, checking.seconds);
  }

  const normc_mpi_plugin &plugin;
  bool isBroken = false;
};

std::string findPlugin() {
  if (const char *path = std::getenv("NORMC_MPI_PLUGIN"); path && *path)
    return path;
  Dl_info here;
  std::string folder;
  if (dladdr(reinterpret_cast<void *>(&findPlugin), &here) != 0 && here.dli_fname)
    folder = here.dli_fname;
  // A program that was found on PATH has no folder here.
  if (char *whole = folder.find('/') == std::string::npos ? realpath("/proc/self/exe", nullptr) : nullptr) {
    folder = whole;
    std::free(whole);
  }
  folder.erase(folder.find_last_of('/') + 1);
  for (const char *place : {"", "../lib/"}) {
    struct stat information;
    std::string path = folder + place + NORMC_MPI_PLUGIN_FILE;
    if (stat(path.c_str(), &information) == 0)
      return path;
  }
  return NORMC_MPI_PLUGIN_FILE;
}

} // namespace

Status openMpiGroup(Checking checking, std::unique_ptr<Group> &group) {
  const std::string path = findPlugin();
  // MPI opens components of its own, which must find its symbols.
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  if (!handle) {
    const char *reason = dlerror();
    return badArgument("there is no group 'mpi': " + std::string(reason ? reason : "the plugin cannot be loaded") +
                       "; build with OpenMPI or MPICH at hand, or name the plugin in NORMC_MPI_PLUGIN");
  }
  auto function = reinterpret_cast<normc_mpi_plugin_function>(dlsym(handle, NORMC_MPI_PLUGIN_SYMBOL));
  const normc_mpi_plugin *plugin = function ? function() : nullptr;
  if (!plugin)
    return badArgument("'" + path + "' is not the MPI plugin: it does not export " NORMC_MPI_PLUGIN_SYMBOL);
  if (plugin->version != NORMC_MPI_PLUGIN_VERSION)
    return badArgument("the MPI plugin '" + path + "' has version " + std::to_string(plugin->version) + ", but this runtime reads version " +
                       std::to_string(NORMC_MPI_PLUGIN_VERSION) + "; build it again");
  int32_t rank = 0, size = 0;
  char message[NORMRT_MESSAGE_SIZE] = "";
  if (plugin->start(&rank, &size, message, sizeof message) != 0)
    return badArgument("the group 'mpi' cannot be opened: " + std::string(message));
  group = std::make_unique<MpiGroup>(rank, size, checking, *plugin);
  return {};
}

} // namespace normc::runtime
