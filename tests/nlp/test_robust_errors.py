from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from nlp.robust_errors import coefficient, n_hac_lags, robust_fit, why_not_fitted


def example(n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    regressors = rng.normal(size=(n, 3)).cumsum(axis=0) * 0.1 + rng.normal(size=(n, 3))
    return regressors @ [0.5, -0.2, 0.0] + rng.normal(size=n), regressors


def test_covariance_and_wald_test_are_those_of_statsmodels_but_for_the_stated_correction() -> None:
    outcome, regressors = example()
    n, n_lags = len(outcome), 5
    ours = robust_fit(outcome, regressors, n_lags)
    options = {"maxlags": n_lags, "use_correction": True}
    theirs = OLS(outcome, np.column_stack([np.ones(n), regressors])).fit(cov_type="HAC", cov_kwds=options)
    b = (n_lags + 1) / n
    correction = 1 - b + b**2 / 3
    np.testing.assert_allclose(ours.parameters, theirs.params)
    np.testing.assert_allclose(ours.covariance * correction, theirs.cov_params())
    slope = ours.along([0, 1, 0, 0])
    assert slope.standard_error * math.sqrt(correction) == pytest.approx(theirs.bse[1])
    wald = theirs.wald_test(np.eye(4)[[2, 3]], use_f=False, scalar=True).statistic * correction
    degrees = 1.5 / b
    statistic, p_value = ours.all_zero([2, 3])
    assert statistic == pytest.approx(wald * (degrees - 1) / (degrees * 2))
    assert p_value == pytest.approx(stats.f.sf(statistic, 2, degrees - 1))


def test_a_wald_test_of_one_coefficient_is_its_t_test() -> None:
    fit = robust_fit(*example(), 5)
    slope = fit.along([0, 0, 1, 0])
    statistic, p_value = fit.all_zero([2])
    assert statistic == pytest.approx(slope.statistic**2)
    assert p_value == pytest.approx(slope.p_value)


@pytest.mark.parametrize("b", [0.02, 0.05, 0.1, 0.15, 0.2, 0.25])
def test_critical_values_are_those_of_kiefer_and_vogelsang(b: float) -> None:
    published = 1.96 + 2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3  # their 97.5% of the Bartlett kernel, 2005
    ours = stats.t.ppf(0.975, 1.5 / b) / math.sqrt(1 - b + b * b / 3)
    assert ours == pytest.approx(published, rel=0.03)


@given(st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_units_change_no_statistic(scale: float, shift: float) -> None:
    outcome, regressors = example(60)
    plain = robust_fit(outcome, regressors, 3).along([0, 1, 0, 0])
    scaled = robust_fit(outcome * scale + shift, regressors, 3).along([0, 1, 0, 0])
    assert scaled.statistic == pytest.approx(plain.statistic, rel=1e-5)
    assert scaled.estimate == pytest.approx(plain.estimate * scale, rel=1e-5)


def test_a_band_is_symmetric_and_holds_95_percent() -> None:
    found = coefficient(2.0, 1.0, 1e9)
    assert (found.low, found.high) == pytest.approx((2 - 1.959964, 2 + 1.959964))
    assert found.p_value == pytest.approx(0.0455, abs=1e-4)


def test_the_kernel_never_covers_more_than_half() -> None:
    assert n_hac_lags(30, "rule", at_least=40) == 15
    assert n_hac_lags(100, "rule") == 4


def test_regressions_without_errors_are_told() -> None:
    outcome, regressors = example()
    assert why_not_fitted(outcome, regressors) == ""
    assert why_not_fitted(outcome, regressors * 1e9 + 1e12) == ""
    assert "collinear" in why_not_fitted(outcome, np.column_stack([regressors, regressors[:, 0] * 2 + 1]))
    assert "collinear" in why_not_fitted(outcome, np.column_stack([regressors, np.full(len(outcome), 0.1)]))
    assert "exact" in why_not_fitted(regressors[:, 0] * 3 - 1, regressors)
