# @mutate.equal(metadata size: these scenarios write no metadata)
Feature: Faults at any moment
  A process can be killed, paused or delayed at any moment, also in the middle of a frame. The processes
  that are left read no wrong byte, wait for nothing that cannot come, and can begin anew. These
  scenarios are made for `harmony --chaos`; without faults every frame arrives.

  @survives(kill:writer,pause,delay)
  Scenario: 15.1 - A reader survives its writer
    # @mutate.skip(it matters after a death only)
    Given the 'writer' process announces its process id
    And the 'reader' process creates buffer 'exposed' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'exposed'
    And the 'writer' process starts writing '3000' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '3000' frames, unless the writer died
    And the 'writer' process has written all its frames

  @survives(kill:reader,pause,delay)
  Scenario: 15.2 - A writer survives its reader
    # @mutate.skip(it matters after a death only)
    Given the 'reader' process announces its process id
    And the 'reader' process creates buffer 'deserted' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'deserted', unless the reader died
    And the 'writer' process starts writing '3000' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '3000' frames
    And the 'writer' process has written all its frames, unless the reader died

  @survives(kill:writer,pause,delay)
  Scenario: 15.3 - A successor continues the stream of a writer
    # @mutate.skip(it matters after a death only)
    Given the 'writer' process announces its process id
    And the 'reader' process creates buffer 'bequest' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'bequest'
    And the 'writer' process starts writing '1500' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '1500' frames, unless the writer died
    When the 'reader' process announces the number of the next frame
    And a new 'writer' process continues buffer 'bequest' with the announced number
    And the 'writer' process starts writing '500' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '500' frames, unless the writer died
    And the 'writer' process has written all its frames

  @survives(kill:reader,pause,delay)
  Scenario: 15.4 - A new reader begins anew with the same writer
    # @mutate.skip(it matters after a death only)
    Given the 'reader' process announces its process id
    And the 'reader' process creates buffer 'renewed' with metadata size '0' and payload size '8192'
    When the 'writer' process connects to buffer 'renewed', unless the reader died
    And the 'writer' process starts writing '1500' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '1500' frames
    When a new 'reader' process creates buffer 'renewed' again with payload size '4096'
    Then the 'writer' process has written all its frames, unless the reader died
    When the 'writer' process connects to buffer 'renewed', unless the reader died
    And the 'writer' process starts writing '500' frames of different sizes
    # @mutate.equal(no-whens: the step behind it counts the frames)
    Then the 'reader' process reads the stream intact to its end
    And the 'reader' process has read '500' frames
    And the 'writer' process has written all its frames, unless the reader died

  @survives(kill:client,pause,delay)
  Scenario: 15.5 - A server survives its client
    Given the 'server' process creates immutable duplex channel 'besieged' with metadata size '64' and payload size '8192'
    And the 'server' process starts echo handler
    When the 'client' process exchanges '1000' requests of different sizes on channel 'besieged'
    Then the 'client' process has got '1000' responses
    When a second 'client' process exchanges '300' requests of different sizes on channel 'besieged'
    Then the second 'client' process has got '300' responses

  @survives(kill:server,pause,delay)
  Scenario: 15.6 - A client survives its server
    # @mutate.skip(it matters after a death only)
    Given the 'server' process announces its process id
    And the 'server' process creates immutable duplex channel 'forsaken' with metadata size '64' and payload size '8192'
    And the 'server' process starts echo handler
    When the 'client' process exchanges '1000' requests of different sizes on channel 'forsaken'
    Then the 'client' process has got '1000' responses, unless the server died
