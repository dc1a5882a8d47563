internal import CCurl

/// Something that libcurl carries out: an HTTP exchange, a mail. Handed to the engine's thread, which alone touches it from then on.
protocol Transfer: AnyObject, Sendable {
  var ticket: Ticket { get }

  /// Tells a handle everything about this transfer. The handle borrows `self` until `finish` or `fail`, of which one is called once.
  func configure(_ easy: OpaqueEasy, _ configuration: HTTPClient.Configuration) throws(TransportError)
  func finish(_ easy: OpaqueEasy, _ result: CURLcode)
  func fail(_ error: any Error)
}

typealias OpaqueEasy = UnsafeMutableRawPointer

extension OpaqueEasy {
  /// What holds for every protocol.
  func setLimits(_ configuration: HTTPClient.Configuration, protocols: String, timeout: Duration) {
    shim_set_long(self, CURLOPT_NOSIGNAL, 1)
    shim_set_string(self, CURLOPT_PROTOCOLS_STR, protocols)
    // Whatever the system's own settings allow.
    shim_set_long(self, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    shim_set_long(self, CURLOPT_TCP_KEEPALIVE, 1)
    shim_set_long(self, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds)
    shim_set_long(self, CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
    shim_set_long(self, CURLOPT_LOW_SPEED_LIMIT, configuration.lowSpeed.bytesPerSecond)
    shim_set_long(self, CURLOPT_LOW_SPEED_TIME, max(1, configuration.lowSpeed.time.wholeMilliseconds / 1000))
    if let file = configuration.caFile { shim_set_string(self, CURLOPT_CAINFO, file) }
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    _ = shim_get_long(self, info, &value)
    return value
  }

  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    _ = shim_get_offset(self, info, &value)
    return Int64(value)
  }
}

extension UnsafeMutableRawPointer? {
  /// The object that a callback was given as its context.
  func object<Object: AnyObject>(_ type: Object.Type) -> Object? {
    map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
  }
}

extension Duration {
  /// At least one, as libcurl takes 0 for "no limit".
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}

extension String {
  /// No blanks or control characters, which could end a line of a protocol.
  var isSafeURL: Bool {
    unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
  }
}
