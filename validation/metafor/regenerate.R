# Reference values for tests/synthesis, from metafor. One command, from the root of the repository:
#   Rscript validation/metafor/regenerate.R validation/metafor
# Debian packages: r-base-core r-cran-metafor r-cran-metadat r-cran-jsonlite. Versions stand in reference.json.
# metafor's default tolerances are loose (uniroot 1.2e-4, Fisher scoring 1e-5); here they are tightened.

suppressMessages({library(metafor); library(metadat); library(jsonlite)})
folder <- commandArgs(trailingOnly = TRUE)[1]
estimators <- c("DL", "HE", "HS", "SJ", "PM", "EB", "ML", "REML")
# The thresholds are absolute: where a scale (days off work) makes the smallest unreachable, the next one is taken.
firm <- function(...) {
  call <- match.call(expand.dots = TRUE); call[[1]] <- quote(metafor::rma)
  for (threshold in 10^-(13:8)) for (step in c(1, .5)) {
    call$control <- list(threshold = threshold, tol = 1e-13, maxiter = 5000, stepadj = step)
    r <- try(suppressWarnings(eval(call, parent.frame())), silent = TRUE)
    if (!inherits(r, "try-error")) return(r)
  }
  stop(r)
}

counts <- function(d, study, ai, n1i, ci, n2i)
  data.frame(study = as.character(study), ai = as.numeric(ai), n1i = as.numeric(n1i), ci = as.numeric(ci), n2i = as.numeric(n2i))

b <- dat.colditz1994; c85 <- dat.collins1985b; ned <- subset(c85, !is.na(ned.xti)); y6 <- subset(dat.yusuf1985, table == "6" & !is.na(ai))
binary <- list(
  colditz_1994   = list(paper = "Colditz et al. 1994, JAMA 271:698 (BCG vaccine, tuberculosis)",
                        rows = counts(b, paste(b$author, b$year), b$tpos, b$tpos + b$tneg, b$cpos, b$cpos + b$cneg)),
  collins_1985   = list(paper = "Collins, Yusuf and Peto 1985, BMJ 290:17 (diuretics, pre-eclampsia)",
                        rows = counts(c85, c85$author, c85$pre.xti, c85$pre.nti, c85$pre.xci, c85$pre.nci)),
  collins_1985_neonatal = list(paper = "Collins, Yusuf and Peto 1985 (diuretics, neonatal deaths: sparse, two studies without any event)",
                        rows = counts(ned, ned$author, ned$ned.xti, ned$fup.nti, ned$ned.xci, ned$fup.nci)),
  egger_2001     = list(paper = "Egger et al. 2001, Systematic Reviews in Health Care (intravenous magnesium, mortality)",
                        rows = with(dat.egger2001, counts(NULL, paste(study, year), ai, n1i, ci, n2i))),
  hahn_2001      = list(paper = "Hahn, Kim and Garner 2001, BMJ 323:81 (oral rehydration; three studies without any event)",
                        rows = with(dat.hahn2001, counts(NULL, study, ai, n1i, ci, n2i))),
  hine_1989      = list(paper = "Hine et al. 1989, Arch Intern Med 149:2694 (lidocaine, mortality)",
                        rows = with(dat.hine1989, counts(NULL, source, ai, n1i, ci, n2i))),
  lee_2004       = list(paper = "Lee and Done 2004, Cochrane CD003281 (P6 stimulation, nausea)",
                        rows = with(dat.lee2004, counts(NULL, paste(study, year), ai, n1i, ci, n2i))),
  li_2007        = list(paper = "Li et al. 2007, Cochrane CD002755 (intravenous magnesium, mortality)",
                        rows = with(dat.li2007, counts(NULL, paste(study, year), ai, n1i, ci, n2i))),
  niel_weise_2007 = list(paper = "Niel-Weise, Stijnen and van den Broek 2007, Intensive Care Med 33:2058 (coated catheters: sparse)",
                        rows = with(dat.nielweise2007, counts(NULL, paste(author, year), ai, n1i, ci, n2i))),
  yusuf_1985     = list(paper = "Yusuf et al. 1985, Prog Cardiovasc Dis 27:335, table 6 (beta blockade, mortality)",
                        rows = counts(NULL, y6$trial, y6$ai, y6$n1i, y6$ci, y6$n2i)),
  damico_2009    = list(paper = "D'Amico et al. 2009, Cochrane CD000022 (antibiotic prophylaxis, infections)",
                        rows = with(dat.damico2009, counts(NULL, study, xt, nt, xc, nc))),
  axfors_2021    = list(paper = "Axfors et al. 2021, Nat Commun 12:2349 (chloroquines, mortality: mostly without any event)",
                        rows = with(dat.axfors2021, counts(NULL, acronym, hcq_arm_event, hcq_arm_total, control_arm_event, control_arm_total)))
)
continuous <- list(
  normand_1999 = list(paper = "Normand 1999, Stat Med 18:321 (stroke units, length of stay)",
                      rows = with(dat.normand1999, data.frame(study = as.character(source), m1i, sd1i, n1i, m2i, sd2i, n2i))),
  gibson_2002  = list(paper = "Gibson et al. 2002, Cochrane CD001005 (asthma education, days off work)",
                      rows = with(subset(dat.gibson2002, !is.na(m1i)), data.frame(study = paste(author, year), m1i, sd1i, n1i, m2i, sd2i, n2i)))
)

said <- function(r) list(estimate = c(r$beta), se = r$se, lower = r$ci.lb, upper = r$ci.ub, p = r$pval,
                         q = r$QE, q_p = r$QEp, i2 = r$I2, h2 = r$H2, k = r$k)

models <- function(yi, vi) {
  e <- data.frame(yi = c(yi), vi = c(vi)); e <- e[!is.na(e$yi), ]
  out <- list(fixed = said(rma(yi, vi, data = e, method = "FE")))
  for (m in estimators) {
    r <- firm(yi, vi, data = e, method = m)
    out[[m]] <- c(said(r), tau2 = r$tau2)
  }
  r <- firm(yi, vi, data = e, method = "REML")
  q <- confint(r, control = list(tol = 1e-13, maxiter = 10000, tau2.max = 1e4))$random
  out$q_profile <- list(tau2 = unname(q["tau^2", 2:3]), i2 = unname(q["I^2(%)", 2:3]), h2 = unname(q["H^2", 2:3]))
  out$weights <- unname(weights(r))
  wide <- qt(.975, r$k - 2) * sqrt(r$tau2 + r$se^2)
  out$prediction <- c(r$beta[1] - wide, r$beta[1] + wide)
  for (m in c("DL", "REML")) {
    h <- firm(yi, vi, data = e, method = m, test = "knha")
    a <- firm(yi, vi, data = e, method = m, test = "adhoc")
    out[[paste0(m, "_hksj")]] <- said(h); out[[paste0(m, "_hksj_floor")]] <- said(a)
  }
  out
}

metafor_way <- function(d, measure) {
  e <- escalc(measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d)
  h <- rma.mh(measure = measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d)
  c(list(yi = c(e$yi), vi = c(e$vi), mh = c(said(h), k_yi = h$k.yi), mh_weights = unname(weights(h))), models(e$yi, e$vi))
}

# RevMan 5: what its statistical algorithms (Deeks and Higgins 2010) say, by hand around metafor's functions.
revman_way <- function(d, measure) {
  d$bi <- d$n1i - d$ai; d$di <- d$n2i - d$ci
  none <- (d$ai == 0 & d$ci == 0) | (d$bi == 0 & d$di == 0)
  add <- switch(measure, OR = with(d, ai == 0 | bi == 0 | ci == 0 | di == 0), RR = with(d, ai == 0 | ci == 0),
                RD = with(d, ai * bi == 0 & ci * di == 0))
  for (cell in c("ai", "bi", "ci", "di")) d[[cell]] <- d[[cell]] + ifelse(add, .5, 0)
  if (measure != "RD") d <- d[!none, ]
  e <- escalc(measure, ai = ai, bi = bi, ci = ci, di = di, data = d, add = 0, to = "none")
  h <- rma.mh(measure = measure, ai = ai, bi = bi, ci = ci, di = di, data = d, add = 0, to = "none", drop00 = FALSE)
  theta <- c(h$beta); se <- h$se
  if (measure == "RD") {
    n1 <- d$ai + d$bi; n2 <- d$ci + d$di; n <- n1 + n2
    se <- sqrt(sum((d$ai * d$bi * n2^3 + d$ci * d$di * n1^3) / (n1 * n2 * n^2)) / sum(n1 * n2 / n)^2)
  }
  w <- 1 / e$vi; q <- sum(w * (e$yi - theta)^2); k <- length(w)
  tau2 <- max(0, (q - (k - 1)) / (sum(w) - sum(w^2) / sum(w)))
  r <- rma(e$yi, e$vi, tau2 = tau2, method = "DL")
  list(yi = c(e$yi), vi = c(e$vi), mh = list(estimate = theta, se = se, q = q, k = k, i2 = max(0, 100 * (q - (k - 1)) / q)),
       mh_random = list(estimate = c(r$beta), se = r$se, tau2 = tau2, q = q), iv = said(rma(e$yi, e$vi, method = "FE")),
       DL = {x <- rma(e$yi, e$vi, method = "DL"); c(said(x), tau2 = x$tau2)})
}

results <- list()
for (name in names(binary)) {
  d <- binary[[name]]$rows
  one <- list(paper = binary[[name]]$paper, rows = d)
  for (measure in c("OR", "RR", "RD"))
    one[[measure]] <- list(metafor = metafor_way(d, measure), revman = revman_way(d, measure))
  one$PETO <- said(rma.peto(ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d))
  results[[name]] <- one
}
for (name in names(continuous)) {
  d <- continuous[[name]]$rows
  one <- list(paper = continuous[[name]]$paper, rows = d)
  for (measure in c("MD", "SMD")) {
    e <- escalc(measure, m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = d)
    one[[measure]] <- c(list(yi = c(e$yi), vi = c(e$vi)), models(e$yi, e$vi))
  }
  results[[name]] <- one
}

# ---- Berkey et al. 1995: meta-regression of the BCG trials
e <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.colditz1994)
# With plain years metafor itself loses digits (5e-10 in the intercept against exact fractions): X'WX squares the condition.
e$since1948 <- e$year - 1948
regressed <- function(r) list(beta = c(r$beta), se = r$se, p = r$pval, tau2 = r$tau2, qm = r$QM, qm_p = r$QMp, qe = r$QE,
                              qe_p = r$QEp, i2 = r$I2, r2 = r$R2)
regression <- list()
for (m in estimators) {
  regression[[paste0(m, "_ablat")]] <- regressed(firm(yi, vi, mods = ~ ablat, data = e, method = m))
  regression[[paste0(m, "_ablat_year")]] <- regressed(firm(yi, vi, mods = ~ ablat + since1948, data = e, method = m))
}
r <- firm(yi, vi, mods = ~ ablat + since1948, data = e, method = "REML", test = "knha")
regression$REML_ablat_year_hksj <- regressed(r)
r <- firm(yi, vi, mods = ~ factor(alloc, levels = unique(alloc)), data = e, method = "REML")
regression$REML_alloc <- regressed(r)
r <- rma(yi, vi, mods = ~ ablat, data = e, method = "FE"); regression$fixed_ablat <- regressed(r)
groups <- list()
for (g in unique(e$alloc)) groups[[g]] <- said(firm(yi, vi, data = e, subset = alloc == g, method = "REML"))
between <- rma(sapply(groups, `[[`, "estimate"), sei = sapply(groups, `[[`, "se"), method = "FE")
results$berkey_1995 <- list(paper = "Berkey et al. 1995, Stat Med 14:395 (BCG vaccine: latitude and year)",
  yi = c(e$yi), vi = c(e$vi), ablat = e$ablat, year = e$year, since1948 = e$since1948, alloc = e$alloc, regression = regression,
  subgroups = list(groups = groups, q = between$QE, p = between$QEp))

# ---- sensitivity: leave-one-out, cumulative, influence
r <- firm(yi, vi, data = e, method = "REML")
l <- leave1out(r); cu <- cumul(r, order = seq_len(r$k)); inf <- influence(r)
plain <- function(x, names) lapply(setNames(names, names), function(n) unname(c(x[[n]])))
results$viechtbauer_2010 <- list(paper = "Viechtbauer and Cheung 2010, Res Synth Methods 1:112 (outlier diagnostics; BCG vaccine)",
  leave_one_out = plain(l, c("estimate", "se", "tau2", "I2", "H2", "Q")),
  cumulative = plain(cu, c("estimate", "se", "tau2", "I2")),
  influence = c(plain(inf$inf, c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")),
                list(dfbs = unname(inf$dfbs[[1]]), influential = unname(inf$is.infl))))

# ---- small-study effects. Peters and Harbord by lm() from their papers: metafor has neither in this form.
tests <- list()
for (name in c("egger_2001", "hahn_2001", "li_2007", "lee_2004", "damico_2009")) {
  d <- binary[[name]]$rows
  x <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d)
  egger <- regtest(x$yi, x$vi, model = "lm")
  z <- summary(egger$fit)$coefficients
  n <- d$n1i + d$n2i; events <- d$ai + d$ci
  ok <- events > 0 & events < n
  p <- summary(lm(x$yi[ok] ~ I(1 / n[ok]), weights = 1 / (1 / events[ok] + 1 / (n - events)[ok])))$coefficients
  v <- events * (n - events) * d$n1i * d$n2i / (n^2 * (n - 1)); s <- d$ai - events * d$n1i / n
  h <- summary(lm((s / v)[ok] ~ I(1 / sqrt(v[ok])), weights = v[ok]))$coefficients
  begg <- suppressWarnings(ranktest(x$yi, x$vi))
  tests[[name]] <- list(egger = list(slope = z[2, 1], se = z[2, 2], t = z[2, 3], p = z[2, 4]),
    peters = list(slope = p[2, 1], se = p[2, 2], t = p[2, 3], p = p[2, 4]),
    harbord = list(slope = h[2, 1], se = h[2, 2], t = h[2, 3], p = h[2, 4]),
    begg = list(tau = unname(begg$tau), p = begg$pval))
  for (est in c("L0", "R0")) for (m in c("FE", "DL")) {
    f <- trimfill(rma(x$yi, x$vi, method = m), estimator = est)
    tests[[name]][[paste("fill", est, m, sep = "_")]] <- list(k0 = f$k0, se_k0 = f$se.k0, side = f$side, estimate = c(f$beta), se = f$se)
  }
}
results$sterne_2011 <- list(paper = "Sterne et al. 2011, BMJ 343:d4002 (tests of funnel plot asymmetry); Duval and Tweedie 2000, Biometrics 56:455", tests = tests)

h <- dat.hackshaw1998
f <- trimfill(rma(yi, vi, data = h, method = "DL"), estimator = "L0")
results$hackshaw_1998 <- list(paper = "Hackshaw 1998, Stat Med 17:1149 (passive smoking, lung cancer)", yi = c(h$yi), vi = c(h$vi),
  fill = list(k0 = f$k0, se_k0 = f$se.k0, side = f$side, estimate = c(f$beta), se = f$se))

versions <- list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor")),
                 metadat = as.character(packageVersion("metadat")))
writeLines(toJSON(list(versions = versions, results = results), digits = NA, auto_unbox = TRUE, na = "null", dataframe = "rows", pretty = 2, null = "null"),
           file.path(folder, "reference.json"))
