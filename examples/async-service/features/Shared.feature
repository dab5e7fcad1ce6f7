@shared
Feature: One service for the whole run
  It starts with the first scenario and serves all others.

  Background:
    Given the shared service is running

  Scenario Outline: Clients of both kinds
    When an async client adds <first> to <key>
    And a blocking client adds <second> to <key>
    Then a blocking client sees that <key> is <sum>

    Examples:
      | key     | first | second | sum |
      | lemons  | 1     | 2      | 3   |
      | oranges | 2     | 2      | 4   |
      | plums   | 5     | -5     | 0   |
