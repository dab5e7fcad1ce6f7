# @mutate.equal(metadata size: these scenarios write no metadata, or less than fits)
Feature: Duplex channel
  A duplex channel is two rings, one for requests and one for responses, which are matched by their order.
  The server serves one client after another.

  Scenario Outline: 13.1 - A request of <size> bytes comes back
    Given the 'server' process creates immutable duplex channel 'mirror' with metadata size '256' and payload size '524288'
    And the 'server' process starts echo handler
    When the 'client' process creates duplex channel client 'mirror'
    And the 'client' process sends request with size '<size>'
    Then response should match request with size '<size>'
    When the 'client' process sends request with size '7'
    Then response should match request with size '7'

    Examples:
      | size   |
      | 1      |
      | 2000   |
      | 200000 |

  Scenario: 13.2 - Responses come in the order of their requests
    Given the 'server' process creates immutable duplex channel 'in-order' with default config
    And the 'server' process starts echo handler
    When the 'client' process creates duplex channel client 'in-order'
    And the 'client' process sends '15' requests sequentially
    Then the 'client' process receives '15' responses in order
    And responses should match requests by content
    And no responses should be lost or duplicated

  Scenario: 13.3 - Many requests before the first response is read
    Given the 'server' process creates immutable duplex channel 'pipelined' with default config
    And the 'server' process starts echo handler
    When the 'client' process creates duplex channel client 'pipelined'
    And the 'client' process sends '200' requests from single thread
    Then the 'client' process receives exactly '200' responses
    And all '200' responses match their requests

  Scenario: 13.4 - One request after the other
    Given the 'server' process creates immutable duplex channel 'one-by-one' with processing mode 'SingleThread'
    And the 'server' process starts handler with '250' ms processing time
    When the 'client' process creates duplex channel client 'one-by-one'
    And the 'client' process sends '4' requests sequentially
    And the 'client' process measures total response time
    # @mutate.equal(501, 0: at least 4 times 250 ms)
    Then total time should be at least '500' ms
    And responses should arrive in order

  Scenario: 13.5 - The server dies while it works on a request
    Given the 'server' process creates immutable duplex channel 'fallen' with default config
    # @mutate.equal(value: any time)
    And the 'server' process starts handler that crashes after '50' ms
    When the 'client' process creates duplex channel client 'fallen'
    And the 'client' process sends request of '500' bytes
    Then the 'server' process simulates crash during processing
    # @mutate.equal(value: the death is detected before)
    When the 'client' process waits for response with timeout '5' seconds
    Then the 'client' process should detect server death
    And an appropriate exception should be thrown

  Scenario: 13.6 - A client that does not read makes its server wait
    Given the 'server' process creates immutable duplex channel 'stuffed' with metadata size '64' and payload size '10240'
    And the 'server' process starts handler that doubles request size
    When the 'client' process creates duplex channel client 'stuffed'
    And the 'client' process sends request with size '2500'
    And the 'client' process sends request with size '2500'
    And the 'client' process sends request with size '2500'
    # @mutate.skip(it checks, and nothing depends on it)
    And the 'client' process does not read responses
    Then the 'server' process attempts to send response of '5000' bytes
    And the 'server' process should block on response write
    # @mutate.equal(leave-out: one of the two makes enough space)
    When the 'client' process reads one response
    # @mutate.equal(leave-out: one of the two makes enough space)
    And the 'client' process reads one response
    Then the 'server' process should unblock and complete write

  Scenario: 13.7 - A request built in shared memory
    Given the 'server' process creates immutable duplex channel 'built-in-place' with default config
    And the 'server' process starts echo handler
    When the 'client' process creates duplex channel client 'built-in-place'
    And the 'client' process acquires zero-copy request buffer of size '9000'
    And the 'client' process fills buffer with test pattern
    And the 'client' process commits request
    Then response should contain same test pattern
    And no memory allocations in send path

  Scenario: 13.8 - A handler that creates a new response
    Given the 'server' process creates immutable duplex channel 'inverted' with default config
    And the 'server' process starts handler that implements XOR with key '0xFF'
    When the 'client' process creates duplex channel client 'inverted'
    And the 'client' process sends '7777' byte frame with test pattern
    Then response should contain XOR transformed data
    And the server handler receives immutable request frame
    And the server handler returns new response data

  Scenario: 13.9 - The client dies while it waits, and the next one is served
    Given the 'server' process creates immutable duplex channel 'deserted' with default config
    And the 'server' process starts handler with '2' second processing delay
    When the 'client' process creates duplex channel client 'deserted'
    And the 'client' process sends request
    # @mutate.equal(value: any time)
    And the 'client' process simulates crash after '1' second
    # @mutate.equal(0: at least)
    Then the 'server' process completes processing after '2' seconds
    And the 'server' process attempts to send response
    And the 'server' process detects client death when writing
    And the 'server' process continues processing other requests

  Scenario: 13.10 - Closing a server removes its channel
    Given the 'server' process creates immutable duplex channel 'reopened' with default config
    And the 'server' process starts echo handler
    When the 'client' process creates duplex channel client 'reopened'
    And the 'client' process sends '6' requests
    And the 'client' process receives '3' responses
    Then the 'server' process disposes server while '3' responses pending
    When the 'client' process attempts to receive pending responses
    Then the 'client' process should receive exception on pending
    And all shared memory should be cleaned up
    # @mutate.equal(channel: the file checks do not depend on the name)
    When a new 'server' process creates immutable duplex channel 'reopened'
    Then the new server should reuse same channel name successfully
