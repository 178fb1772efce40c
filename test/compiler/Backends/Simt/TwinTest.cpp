//===- TwinTest.cpp - twins compute what the kernels say -----------------===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Twins.h"
#include "test/runtime/Simt/Kernels.h"

using namespace normc::simt;
using namespace normc::runtime::simt;

namespace {
const char *const head = R"(
target datalayout = "e-i64:64-i128:128-v16:16-v32:32-n16:32:64"
target triple = "nvptx64-nvidia-cuda"
)";

// One block a row: each thread adds up its elements, warps fold by butterflies, and meet in shared memory.
const std::string rowSum = std::string(head) + R"(
@sums = internal addrspace(3) global [32 x float] undef, align 4
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
declare i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
declare float @llvm.nvvm.shfl.sync.bfly.f32(i32, float, i32, i32)
declare void @llvm.nvvm.barrier0()

define internal float @fold(float %x) {
  %a = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %x, i32 16, i32 31)
  %x1 = fadd float %x, %a
  %b = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %x1, i32 8, i32 31)
  %x2 = fadd float %x1, %b
  %c = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %x2, i32 4, i32 31)
  %x3 = fadd float %x2, %c
  %d = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %x3, i32 2, i32 31)
  %x4 = fadd float %x3, %d
  %e = call float @llvm.nvvm.shfl.sync.bfly.f32(i32 -1, float %x4, i32 1, i32 31)
  %x5 = fadd float %x4, %e
  ret float %x5
}

define void @row_sum(ptr addrspace(1) align 16 %x, ptr addrspace(1) %y, i64 %n) {
entry:
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %ntid = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %row = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %first = zext i32 %tid to i64
  %step = zext i32 %ntid to i64
  %row64 = zext i32 %row to i64
  %offset = mul i64 %row64, %n
  %base = getelementptr float, ptr addrspace(1) %x, i64 %offset
  %any = icmp ult i64 %first, %n
  br i1 %any, label %loop, label %done
loop:
  %i = phi i64 [ %first, %entry ], [ %next, %loop ]
  %s = phi float [ 0.0, %entry ], [ %sum, %loop ]
  %p = getelementptr float, ptr addrspace(1) %base, i64 %i
  %v = load float, ptr addrspace(1) %p, align 4, !normc.operand !1
  %sum = fadd float %s, %v
  %next = add i64 %i, %step
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %done
done:
  %total = phi float [ 0.0, %entry ], [ %sum, %loop ]
  %folded = call float @fold(float %total)
  %lane = and i32 %tid, 31
  %warp = lshr i32 %tid, 5
  %leader = icmp eq i32 %lane, 0
  br i1 %leader, label %leave, label %meet
leave:
  %slot = getelementptr [32 x float], ptr addrspace(3) @sums, i32 0, i32 %warp
  store float %folded, ptr addrspace(3) %slot, align 4
  br label %meet
meet:
  call void @llvm.nvvm.barrier0()
  %inside = icmp ult i32 %tid, 32
  br i1 %inside, label %last, label %exit
last:
  %warps = lshr i32 %ntid, 5
  %have = icmp ult i32 %tid, %warps
  br i1 %have, label %take, label %merge
take:
  %mine = getelementptr float, ptr addrspacecast (ptr addrspace(3) @sums to ptr), i32 %tid
  %taken = load float, ptr %mine, align 4
  br label %merge
merge:
  %w = phi float [ 0.0, %last ], [ %taken, %take ]
  %all = call float @fold(float %w)
  %zero = icmp eq i32 %tid, 0
  br i1 %zero, label %write, label %exit
write:
  %out = getelementptr float, ptr addrspace(1) %y, i64 %row64
  store float %all, ptr addrspace(1) %out, align 4, !normc.operand !2
  br label %exit
exit:
  ret void
}
!nvvm.annotations = !{!0}
!0 = !{ptr @row_sum, !"kernel", i32 1}
!1 = !{!"x", i32 0}
!2 = !{!"y", i32 0}
)";
} // namespace

TEST(HostTwin, RowSum) {
  Twins twins(rowSum);
  const normc_simt_kernel *kernel = twins.find("row_sum");
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->parameter_count, 3);
  EXPECT_EQ(kernel->static_shared, 128);
  ASSERT_EQ(kernel->shared_count, 1);
  EXPECT_STREQ(kernel->shared[0].name, "sums");
  EXPECT_EQ(kernel->operand_count, 2);
  EXPECT_EQ(twins.find("fold"), nullptr);
  const int64_t rows = 5, n = 1000;
  std::vector<float> values(rows * n);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = float(i % 7) - 2.5f;
  std::vector<float> expected(rows);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < n; ++i)
      expected[size_t(row)] += values[size_t(row * n + i)]; // small halves: exact in any order
  for (const Settings &settings : everyOrder()) {
    Machine machine(settings);
    DeviceArray<float> x(machine, values), y(machine, rows);
    const void *parameters[] = {x.parameter(), y.parameter(), &n};
    EXPECT_EQ(machine.launch(*kernel, rows, 128, 0, 1, false, parameters).getMessage(), "");
    EXPECT_EQ(y.get(), expected);
    ASSERT_EQ(machine.counts().size(), 2u);
    EXPECT_EQ(machine.counts()[0].operand, "x");
    EXPECT_EQ(machine.counts()[0].read, rows * n * 4);
    EXPECT_EQ(machine.counts()[1].written, rows * 4);
  }
}
