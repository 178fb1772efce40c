//===- HeaderInC.c - the header is C ------------------------------*- C -*-===//
//
// Part of normc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "runtime/normrt.h"
#include "runtime/normrt_device.h"

/* Called by a test, so that the header is linked from C too. */
int opensNothing(void);

int opensNothing(void) {
  normrt_module *module = 0;
  normrt_error error;
  normrt_options options = {NORMRT_VERSION, 0};
  enum normrt_status status = normrt_open("no-such-file", &module, &error);
  (void)options;
  return status == NORMRT_BAD_MODULE && error.status == NORMRT_BAD_MODULE && module == 0 &&
         normrt_version() == NORMRT_VERSION;
}
