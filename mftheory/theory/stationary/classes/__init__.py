"""The general stationary solver: classes of neurons, the Gaussian fields that they receive, and the fields they make.

In: `coupled_populations.CoupledPopulations`, populations with their kinds of neurons in numbers. Out:
`class_two_point.ClassTwoPoint`, for four-point functions [psi-het, J11, J12, J16].

`neuron_classes` states the one problem; `field_equations` solves it by Newton's method from a start, with
`linear_response` and `time_axis`; `continuation` finds starts and other states; `class_spectra` and `class_two_point`
are what follows, `class_lyapunov` the growth of differences. `rest` has the fixed points, `leaky_states` all states of
leaky neurons that keep means, `all_states` those of any network. `populations_two_point` puts it together: start
there.

That a static field h_i is a difference between neurons (θ = h, Φ_h(y) = φ(h + y) - ⟨φ⟩_h; ours) is seen as follows.

*Path integral.* Fluctuations of the order parameters O(t, t') = (1/N) Σ_i u_i(t) v_i(t'), t and t' far apart, have a
Hessian that is invariant under shifts of t and of t' separately, so it is diagonal in the frequencies (ω1, ω2). Static
parts are δ-functions at zero frequency. So the sectors (0, 0), (ω1, 0), (0, ω2) and (ω1, ω2), all ω ≠ 0, do not mix,
and the last one holds the covariances about each neuron's mean: u_i less its mean has no zero frequency. In it every
four-time correlator of the single-site process factorises for given h, since at times far apart nothing but h is
shared, and is then averaged over h: ⟨C_h C_h⟩_h, ⟨S_h S_h⟩_h in the places of [J11].

*Couplings.* h_i = Σ_j J_ij m_j ties J to the fields. Given h and m, J = J̃ + (h - J̃m) mᵀ/|m|² with J̃ of the law of J.
What the second term sends, (h - J̃m)_i (Σ_j m_j δφ_j)/|m|², is common to all neurons and of order 1/√N, as the sum is
over N incoherent terms and |m|² of order N. It adds to C_ij a part of rank one and order 1/N, where C_ij itself is of
order 1/√N: both its square and its product with C_ij, (2/N²) hᵀC h, change Ψ = (1/N) Σ_ij C_ij² by order 1/N.

*Check.* Sampled networks, extrapolated in 1/N (theory; with C C in place of ⟨C_h C_h⟩): tanh(x + ½) at g = 3 dimension
of φ 0.0632 ± 0.0016 (0.0638), clip(x + ½, 0, 1) at g = 6 0.0690 ± 0.0021 (0.0685; 0.185), exp(-x²) at g = 3
0.2641 ± 0.0027 (0.2609; 0.304); so do means, static parts, C, and Ψ at lags, of x as well.
"""
