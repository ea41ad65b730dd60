// How far an AUC measured on few studies may be off, and how high chance alone would climb.
#pragma once

namespace radsweep::report {

// Standard error of one AUC over `positives` and `negatives` independent studies (Hanley and
// McNeil 1982, exponential approximation). 0 when one class is empty.
double hanley_mcneil(double auc, int positives, int negatives);

// The AUC that a classifier knowing nothing is expected to reach when the best of `epochs`
// independent epochs is reported: 0.5 + E[max of `epochs` standard normals] times the standard
// deviation of the null AUC, sqrt((P + N + 1) / (12 P N)) (Mann-Whitney). Epochs of one training
// resemble each other, so this is an upper estimate. 0.5 when a class is empty or epochs < 2.
double null_floor(int positives, int negatives, int epochs);

// E[max] of `count` independent standard normal numbers; 0 for one.
double expected_maximum(int count);

}  // namespace radsweep::report
