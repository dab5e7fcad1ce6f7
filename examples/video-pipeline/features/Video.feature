Feature: Video from Rust to Python
  A camera writes frames into shared memory, where another program measures them.

  Scenario: Every frame arrives as it was filmed
    Given a consumer in Python with room for 4 frames of 640x480 gray
    And a camera that films 640x480 gray
    When the camera films 30 frames of a moving bar
    And the camera stops
    Then the consumer has measured 30 frames of 640x480 gray
    And every frame arrived as it was filmed

  Scenario Outline: The brightness of <scene> in <pixels>
    Given a consumer in Python with room for 3 frames of 640x480 <pixels>
    And a camera that films 640x480 <pixels>
    When the camera films 3 frames of <scene>
    And the camera stops
    Then every frame has a mean brightness of <mean>

    Examples:
      | scene        | pixels | mean  |
      | darkness     | gray   | 0.0   |
      | daylight     | gray   | 255.0 |
      | a gradient   | gray   | 127.4 |
      | a moving bar | rgb    | 24.5  |

  Scenario: Half a frame is refused
    Given a consumer in Python with room for 3 frames of 320x240 gray
    And a camera that films 320x240 gray
    When the camera films 1 frame of daylight
    And the camera stutters and sends 38400 bytes
    And the camera stops
    Then the consumer refuses: frame 2 has 38400 bytes, not 76800
