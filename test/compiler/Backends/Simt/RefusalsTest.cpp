//===- RefusalsTest.cpp - what a kernel may not contain ------------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One test for each constraint that compiler/Backends/Simt/README.md numbers.
//
//===----------------------------------------------------------------------===//
#include "Twins.h"

using namespace normc::simt;

/// A kernel of these lines, after `before`.
static std::string kernel(const std::string &lines, const std::string &before = "") {
  return R"(
target datalayout = "e-i64:64-i128:128-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
)" + before +
         R"(
define ptx_kernel void @k(ptr addrspace(1) %x, ptr addrspace(3) %s, ptr %g, float %f, i32 %i) {
)" + lines +
         R"(
  ret void
}
!0 = !{!"x", i32 0}
)";
}

TEST(HostTwinRefusals, Sound) {
  EXPECT_EQ(refusal(kernel("")), "");
}

// (c1)
TEST(HostTwinRefusals, Calls) {
  EXPECT_EQ(
      refusal(kernel("%a = call i32 @llvm.nvvm.barrier0.popc(i32 1)", "declare i32 @llvm.nvvm.barrier0.popc(i32)")),
      "GPU function 'k' calls 'llvm.nvvm.barrier0.popc', which is not in the list of intrinsics");
  EXPECT_EQ(refusal(kernel("%a = call float @llvm.exp.f32(float %f)", "declare float @llvm.exp.f32(float)")),
            "GPU function 'k' calls 'llvm.exp.f32', which is not in the list of intrinsics");
  EXPECT_EQ(refusal(kernel("%a = call float @llvm.maxnum.f32(float %f, float %f)",
                           "declare float @llvm.maxnum.f32(float, float)")),
            "GPU function 'k' calls 'llvm.maxnum.f32', which is not in the list of intrinsics");
  EXPECT_EQ(refusal(kernel("call void @llvm.memset.p1.i64(ptr addrspace(1) %x, i8 0, i64 64, i1 false)",
                           "declare void @llvm.memset.p1.i64(ptr addrspace(1), i8, i64, i1)")),
            "GPU function 'k' calls 'llvm.memset.p1.i64', which is not in the list of intrinsics");
  EXPECT_EQ(refusal(kernel("%a = call float @expf(float %f)", "declare float @expf(float)")),
            "GPU function 'k' calls 'expf', which is not in the list of intrinsics");
  EXPECT_EQ(refusal(kernel("call void asm \"nop\", \"\"()")),
            "GPU function 'k' has inline assembly, which no other target could run");
  EXPECT_EQ(refusal(kernel("call void %g()")), "GPU function 'k' calls a function through a pointer");
}

TEST(HostTwinRefusals, Capability) {
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = parse(
      context, kernel("call void @llvm.nvvm.barrier.cluster.wait()", "declare void @llvm.nvvm.barrier.cluster.wait()"));
  ASSERT_TRUE(module);
  EXPECT_FALSE(bool(checkKernels(*module, 90)));
  EXPECT_EQ(llvm::toString(checkKernels(*module, 80)), "GPU function 'k' calls 'llvm.nvvm.barrier.cluster.wait', which "
                                                       "GPUs have from sm_90 on, but the target is sm_80");
}

// (c2)
TEST(HostTwinRefusals, Atomics) {
  EXPECT_EQ(refusal(kernel("fence acq_rel")), "GPU function 'k' has a fence; use llvm.nvvm.membar.gl or .cta");
  EXPECT_EQ(refusal(kernel("%a = load atomic i32, ptr addrspace(1) %x acquire, align 4, !normc.operand !0")),
            "GPU function 'k' has a load with an ordering; use a volatile load and llvm.nvvm.membar.gl");
  EXPECT_EQ(refusal(kernel("store atomic i32 1, ptr addrspace(1) %x release, align 4, !normc.operand !0")),
            "GPU function 'k' has a store with an ordering; use llvm.nvvm.membar.gl and a volatile store");
  EXPECT_EQ(refusal(kernel("%a = atomicrmw fadd ptr addrspace(1) %x, float 1.0 monotonic, !normc.operand !0")),
            "GPU function 'k' has the atomic operation 'fadd'; only those of integers are deterministic");
  EXPECT_EQ(refusal(kernel("%a = atomicrmw add ptr addrspace(1) %x, i16 1 monotonic, !normc.operand !0")),
            "GPU function 'k' has an atomic operation on another type than i32 and i64");
}

// (c3)
TEST(HostTwinRefusals, Accesses) {
  const std::string nobody = " that carries no !normc.operand, so nobody could say what it moves";
  EXPECT_EQ(refusal(kernel("%a = load float, ptr addrspace(1) %x")),
            "GPU function 'k' accesses global memory in a load" + nobody);
  EXPECT_EQ(refusal(kernel("store float %f, ptr addrspace(1) %x")),
            "GPU function 'k' accesses global memory in a store" + nobody);
  EXPECT_EQ(refusal(kernel("%a = atomicrmw add ptr addrspace(1) %x, i32 1 monotonic")),
            "GPU function 'k' accesses global memory in a atomicrmw" + nobody);
  EXPECT_EQ(refusal(kernel("%a = load float, ptr %g")), "GPU function 'k' accesses global memory in a load" + nobody);
  // In a function that the kernel calls.
  EXPECT_EQ(refusal(kernel("call void @f(ptr addrspace(1) %x)",
                           "define void @f(ptr addrspace(1) %p) {\n store i8 0, ptr addrspace(1) %p\n ret void\n}")),
            "GPU function 'f' accesses global memory in a store" + nobody);
  EXPECT_EQ(refusal(kernel("%a = load float, ptr addrspace(1) %x, !normc.operand !1\n ret void\n}\n"
                           "!1 = !{!\"x\"}\ndefine void @f() {")),
            "GPU function 'k' has a !normc.operand that is not of the form !{!\"name\", i32 SWEEP}");
  EXPECT_EQ(refusal(kernel("%p = addrspacecast ptr %g to ptr addrspace(4)\n%a = load float, ptr addrspace(4) %p")),
            "GPU function 'k' accesses address space 4, which is not listed");
  EXPECT_EQ(refusal(kernel("%a = load <32 x float>, ptr addrspace(1) %x, !normc.operand !0")),
            "GPU function 'k' has an access that is not of 1 to 64 bytes");
  // Shared memory and a thread's own need none.
  EXPECT_EQ(refusal(kernel("store float %f, ptr addrspace(3) %s\n%a = alloca float\nstore float %f, ptr %a")), "");
}

// (c4)
TEST(HostTwinRefusals, Arithmetic) {
  EXPECT_EQ(refusal(kernel("%a = frem float %f, 3.0")),
            "GPU function 'k' has an frem, which is not the same on a GPU and on the host");
  EXPECT_EQ(refusal(kernel("%a = fmul contract float %f, 3.0")),
            "GPU function 'k' has fast-math flags on an fmul, which leave its result open");
}

// (c5)
TEST(HostTwinRefusals, Attributes) {
  EXPECT_EQ(refusal(kernel("", "define void @f() \"denormal-fp-math-f32\"=\"preserve-sign\" {\n ret void\n}")),
            "GPU function 'f' has the attribute 'denormal-fp-math-f32' with another value than ieee");
  EXPECT_EQ(refusal(kernel("", "define void @f() \"unsafe-fp-math\"=\"true\" {\n ret void\n}")),
            "GPU function 'f' has the attribute 'unsafe-fp-math', which leaves results open");
}

// (c6)
TEST(HostTwinRefusals, Parameters) {
  EXPECT_EQ(refusal(kernel("", "define ptx_kernel void @b(ptr byval(i64) %p) {\n ret void\n}")),
            "GPU function 'b' has the parameter 0, which is no number or pointer of at most 64 bits");
  EXPECT_EQ(refusal(kernel("", "define ptx_kernel void @b(i32 %i, <2 x i64> %v) {\n ret void\n}")),
            "GPU function 'b' has the parameter 1, which is no number or pointer of at most 64 bits");
  EXPECT_EQ(refusal(kernel("", "define ptx_kernel i32 @b() {\n ret i32 0\n}")),
            "GPU function 'b' is a kernel, but returns something or takes any number of arguments");
  EXPECT_EQ(refusal(kernel("", "declare ptx_kernel void @b()")), "GPU function 'b' is a kernel without a body");
  EXPECT_EQ(refusal(kernel("call ptx_kernel void @b()", "define ptx_kernel void @b() {\n ret void\n}")),
            "GPU function 'b' is a kernel, but is used by the code too");
}

// (c7)
TEST(HostTwinRefusals, Variables) {
  EXPECT_EQ(refusal(kernel("", "@v = addrspace(1) global i32 0")),
            "GPU variable 'v' is neither shared memory nor a constant");
  EXPECT_EQ(refusal(kernel("", "@v = addrspace(3) global i32 7")),
            "GPU variable 'v' is shared memory with a value, which nobody would put there");
  EXPECT_EQ(refusal(kernel("", "@v = external addrspace(3) global [4 x i32]")),
            "GPU variable 'v' is shared memory of a size that only another module knows");
  EXPECT_EQ(refusal(kernel("", "@v = addrspace(3) global i32 undef, align 256")),
            "GPU variable 'v' is shared memory aligned to more than 128 bytes");
  EXPECT_EQ(refusal(kernel("", "@v = alias i32, ptr addrspace(1) null")), "GPU code with aliases is not supported");
}

// (c8)
TEST(HostTwinRefusals, Casts) {
  EXPECT_EQ(refusal(kernel("%a = addrspacecast ptr addrspace(1) %x to ptr addrspace(3)")),
            "GPU function 'k' casts an address of address space 1 to address space 3");
  EXPECT_EQ(refusal(kernel("%a = addrspacecast ptr addrspace(3) %s to ptr\n"
                           "%b = getelementptr i32, ptr %a, i32 %i\n%c = addrspacecast ptr %b to ptr addrspace(1)")),
            "GPU function 'k' casts an address of address space 3 to address space 1");
  EXPECT_EQ(refusal(kernel("%a = addrspacecast ptr %g to ptr addrspace(1)")), "");
}
