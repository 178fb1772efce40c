// Groups so few that threads share each of them: what they come to lies on the stack or the heap, one group's while another's is still
// read, and one thread stores it.
//
// RUN: %python %S/check_agreement.py %s %t.1 --sizes 0=5 2=67 3=101
// RUN: %python %S/check_determinism.py %s %t.2 --sizes 0=5 2=67 3=101
// RUN: normc %s --emit=cpp | FileCheck %s

!planes = tensor<?x3x?x?xf32>
!channels = tensor<1x3x1x1xf32>

// Nothing separates the groups but the barriers of their own sums.
// CHECK-LABEL: extern "C" int32_t normc_statistics(
// CHECK:         new Moments[32 * threads]
// CHECK:         for (int64_t i1 = 0; i1 < 3; ++i1) {
// CHECK-NEXT:      NORMC_OMP("omp for schedule(static)")
// CHECK-NEXT:      for (int64_t at = 0; at < chunks; at += task)
// CHECK-NEXT:        merge_chunks(at, std::min(at + task, chunks), [[PARTS:[a-z_0-9]+]][i1 % 2 * 16 * threads + at / task],
// CHECK:           { part = [[PARTS]][i1 % 2 * 16 * threads + t]; });
// CHECK-NEXT:      NORMC_OMP("omp master")
// CHECK-NEXT:      {
// CHECK-NEXT:        mean[i1] =
// CHECK:         }
func.func @statistics(%x: !planes) -> (!channels, !channels) {
  %mean = norm.mean %x over [0, 2, 3] : !planes
  %d = norm.sub %x, %mean : !planes, !channels
  %square = norm.square %d : !planes
  %variance = norm.mean %square over [0, 2, 3] : !planes
  return %mean, %variance : !channels, !channels
}

!few = tensor<64x2x16x64xf32>
!two = tensor<1x2x1x1xf32>

// CHECK-LABEL: extern "C" int32_t normc_on_stack(
// CHECK:         Sum [[SUMS:[a-z_0-9]+]][64];
// CHECK:         merge_chunks(at, std::min<int64_t>(at + task, 32), [[SUMS]][i1 % 2 * 32 + at / task],
func.func @on_stack(%x: !few) -> (!few, !two) {
  %squares = norm.square %x : !few
  %sum = norm.sum %squares over [0, 2, 3] : !few
  %y = norm.mul %x, %sum : !few, !two
  return %y, %sum : !few, !two
}

// CHECK-LABEL: extern "C" int32_t normc_one_group(
// CHECK:         NORMC_OMP("omp for schedule(static) nowait")
// CHECK-NEXT:    for (int64_t c = 0; c < pieces; ++c) {
func.func @one_group(%x: !planes) -> (!planes, tensor<1x1x1x1xf32>) {
  %mean = norm.mean %x over [0, 1, 2, 3] : !planes
  %d = norm.sub %x, %mean : !planes, tensor<1x1x1x1xf32>
  return %d, %mean : !planes, tensor<1x1x1x1xf32>
}

// CHECK-LABEL: extern "C" int32_t normc_columns(
// CHECK:         NORMC_OMP("omp master")
// CHECK-NEXT:    {
// CHECK-NEXT:      for (int64_t i1 = 0; i1 < 64; ++i1)
// CHECK-NEXT:        mean[i1] =
func.func @columns(%x: tensor<513x64xf32>) -> (tensor<513x64xf32>, tensor<1x64xf32>) {
  %mean = norm.mean %x over [0] : tensor<513x64xf32>
  %d = norm.sub %x, %mean : tensor<513x64xf32>, tensor<1x64xf32>
  return %d, %mean : tensor<513x64xf32>, tensor<1x64xf32>
}

// More groups than that: each thread has its own, or all share them, as they find when they run.
// CHECK-LABEL: extern "C" int32_t normc_many_groups(
// CHECK:         const Share mine(5, chunks,
func.func @many_groups(%x: tensor<?x5x?x?xf32>) -> tensor<?x5x?x?xf32> {
  %mean = norm.mean %x over [0, 2, 3] : tensor<?x5x?x?xf32>
  %d = norm.sub %x, %mean : tensor<?x5x?x?xf32>, tensor<1x5x1x1xf32>
  return %d : tensor<?x5x?x?xf32>
}
