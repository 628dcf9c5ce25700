# metafor's loop for benchmarks/synthesis.py: seconds per analysis of the first `count` analyses, and its estimates.
suppressMessages(library(metafor))
arguments <- commandArgs(trailingOnly = TRUE)
d <- as.matrix(read.csv(arguments[1])); count <- as.integer(arguments[2]); k <- ncol(d) / 4
cells <- function(i, part) d[i, ((part - 1) * k + 1):(part * k)]
timed <- function(name, work) {
  estimates <- numeric(count)
  start <- proc.time()[["elapsed"]]
  for (i in seq_len(count)) estimates[i] <- work(i)
  seconds <- proc.time()[["elapsed"]] - start
  cat(name, sprintf("%.12g", seconds / count), paste(sprintf("%.15g", estimates), collapse = ","), "\n")
}
effects <- lapply(seq_len(count), function(i) escalc("OR", ai = cells(i, 1), n1i = cells(i, 2), ci = cells(i, 3), n2i = cells(i, 4)))
timed("DL", function(i) rma(effects[[i]]$yi, effects[[i]]$vi, method = "DL")$beta[1])
timed("REML", function(i) rma(effects[[i]]$yi, effects[[i]]$vi, method = "REML")$beta[1])
timed("DL-counts", function(i) rma(measure = "OR", ai = cells(i, 1), n1i = cells(i, 2), ci = cells(i, 3), n2i = cells(i, 4), method = "DL")$beta[1])
timed("MH", function(i) rma.mh(measure = "OR", ai = cells(i, 1), n1i = cells(i, 2), ci = cells(i, 3), n2i = cells(i, 4))$beta[1])
