// Student's t distribution, for intervals of few seeds.
#pragma once

namespace radsweep::report {

// P(|T| < t) with `degrees` of freedom, 1 or more; t >= 0. Closed form for whole degrees:
// Abramowitz & Stegun, 26.7.3 and 26.7.4.
double student_within(double t, int degrees);

// The t with P(|T| < t) = 0.95: 12.71 for one degree of freedom, 2.776 for four, 1.96 for many.
double student_95(int degrees);

}  // namespace radsweep::report
