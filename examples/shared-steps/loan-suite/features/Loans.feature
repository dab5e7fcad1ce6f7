Feature: Loans of books

  Background:
    Given today is 2024-02-15
    And the book "Solaris" is lent for 2 weeks

  Scenario: A leap day is a day
    Then the book "Solaris" is due on 2024-02-29

  Scenario: In time
    When 14 days pass
    And the book "Solaris" comes back
    Then 0 cents are owed

  Scenario: Too late
    When 3 weeks pass
    Then it is 2024-03-07
    When the book "Solaris" comes back
    Then 140 cents are owed
