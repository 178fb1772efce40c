//===- ModuleTest.cpp - twins in a module's shared object ----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Twins.h"
#include "compiler/Backends/Cpp/EmitCpp.h"
#include "compiler/Backends/Manifest/Manifest.h"
#include "compiler/Tools/SharedObject.h"
#include "test/runtime/Simt/Kernels.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <dlfcn.h>

using namespace normc;
using namespace normc::runtime::simt;

static const char *const doubling = R"(
target datalayout = "e-i64:64-i128:128-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
define ptx_kernel void @twice(ptr addrspace(1) %x) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr float, ptr addrspace(1) %x, i32 %tid
  %v = load float, ptr addrspace(1) %p, !normc.operand !0
  %w = fadd float %v, %v
  store float %w, ptr addrspace(1) %p, !normc.operand !0
  ret void
}
!0 = !{!"x", i32 0}
)";

// A module without entries, whose table points to the twins of the object file that it is linked with.
TEST(HostTwin, InSharedObject) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = simt::parse(context, doubling);
  ASSERT_TRUE(module);
  llvm::Expected<std::string> object = simt::compileForHost(*module);
  ASSERT_TRUE(bool(object));
  const char *prologue = R"(
#include <cstddef>
#include <cstdint>
typedef struct normc_context { uint32_t version; int32_t threads; char *message; size_t message_size; } normc_context;
)";
  manifest::Manifest manifest;
  manifest.hostTwins = true;
  // A table has an entry at least.
  manifest.entries.emplace_back();
  manifest.entries.back().name = "f";
  llvm::StringMap<std::string> functions;
  functions["f"] = "f";
  const std::string source = prologue + std::string("static int32_t f(const normc_context *) { return 0; }\n") +
                             manifest::emitTable(manifest, functions);
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("twins", "so", path));
  llvm::FileRemover remover(path);
  if (llvm::Error error = compileSharedObject(source, path, {*object}))
    FAIL() << llvm::toString(std::move(error));
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(handle) << dlerror();
  auto table = reinterpret_cast<normc_module_function>(dlsym(handle, NORMC_MODULE_SYMBOL));
  ASSERT_TRUE(table);
  const normc_simt_kernel *kernel = findKernel(table()->simt, "twice");
  ASSERT_TRUE(kernel);
  EXPECT_EQ(dlsym(handle, NORMC_SIMT_SYMBOL), nullptr); // the module's own
  Machine machine;
  DeviceArray<float> x(machine, std::vector<float>{1, 2, 3});
  const void *parameters[] = {x.parameter()};
  EXPECT_EQ(machine.launch(*kernel, 1, 3, 0, 1, false, parameters).getMessage(), "");
  EXPECT_EQ(x.get(), (std::vector<float>{2, 4, 6}));
  dlclose(handle);
}
