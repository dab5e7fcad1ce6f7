Feature: Subscriptions

  Background:
    Given today is 2023-12-31

  Scenario Outline: How long it runs
    Given a <plan> begins that runs for <period>
    Then the <plan> runs until <end>

    Examples:
      | plan        | period   | end        |
      | trial       | 1 day    | 2024-01-01 |
      | trial       | 2 weeks  | 2024-01-14 |
      | yearly plan | 366 days | 2024-12-31 |

  Scenario: A trial ends
    Given a trial begins that runs for 1 week
    When 7 days pass
    Then it is 2024-01-07
    And it is over
