//===- GpuModule.cpp - modules with GPU kernels --------------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "compiler/Tools/GpuModule.h"
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Manifest/Manifest.h"
#include "compiler/Backends/Ptx/EmitPtx.h"
#include "compiler/Backends/Simt/HostTwin.h"
#include "compiler/Tools/Ptxas.h"
#include "compiler/Tools/SharedObject.h"

#include <fmt/format.h>

using namespace llvm;

namespace normc {

namespace {
/// The kernels of a module on their way to a GPU.
struct GpuCode {
  const ptx::Target *target;
  LLVMContext context;
  std::optional<ptx::DeviceModule> device;
  std::unique_ptr<Module> module;

  Error build(mlir::ModuleOp kernels, StringRef name) {
    target = ptx::findTarget(name);
    if (!target)
      return createStringError(fmt::format("normc makes no code for {}", name.str()));
    mlir::FailureOr<ptx::DeviceModule> built = ptx::buildDeviceModule(kernels, *target);
    if (failed(built))
      return createStringError("the kernels cannot be lowered for a GPU");
    device.emplace(std::move(*built));
    mlir::FailureOr<std::unique_ptr<Module>> translated = ptx::translate(*device, *target, context);
    if (failed(translated))
      return createStringError("the kernels cannot be lowered for a GPU");
    module = std::move(*translated);
    // An intrinsic that is not listed would end the process when PTX is made.
    return simt::checkKernels(*module);
  }
};
} // namespace

/// The C++ of the module and the object file of the twins.
static Expected<std::pair<std::string, std::string>> emitGpuModule(mlir::ModuleOp kernels, StringRef target) {
  GpuCode code;
  if (Error error = code.build(kernels, target))
    return error;
  mlir::FailureOr<std::string> text = ptx::emitPtx(*code.module, *code.device, *code.target);
  if (failed(text))
    return createStringError(fmt::format("no PTX can be made for {}", target.str()));
  Expected<std::string> twins = simt::compileForHost(*code.module);
  if (!twins)
    return twins.takeError();
  cpp::Source source = cpp::emitCpp(kernels);
  manifest::Manifest manifest = manifest::buildManifest(kernels);
  manifest.hostTwins = true;
  manifest.gpu = {std::move(code.device->plans), std::move(*text), target.str()};
  return std::make_pair(source.text + manifest::emitTable(manifest, source.entries), std::move(*twins));
}

Expected<std::string> compileGpuModule(mlir::ModuleOp kernels, StringRef target) {
  auto parts = emitGpuModule(kernels, target);
  if (!parts)
    return parts.takeError();
  return compileCached(parts->first, parts->second);
}

Error compileGpuModule(mlir::ModuleOp kernels, StringRef target, StringRef path) {
  auto parts = emitGpuModule(kernels, target);
  if (!parts)
    return parts.takeError();
  return compileSharedObject(parts->first, path, parts->second);
}

Expected<std::string> emitGpuText(mlir::ModuleOp kernels, StringRef target, GpuText what) {
  GpuCode code;
  if (Error error = code.build(kernels, target))
    return error;
  if (what == GpuText::llvm) {
    std::string text;
    raw_string_ostream stream(text);
    code.module->print(stream, nullptr);
    return text;
  }
  mlir::FailureOr<std::string> text = ptx::emitPtx(*code.module, *code.device, *code.target);
  if (failed(text))
    return createStringError(fmt::format("no PTX can be made for {}", target.str()));
  if (what == GpuText::ptx)
    return std::move(*text);
  return assemble(*text, target);
}

} // namespace normc
