import COpenSSL

/// A certificate as its DER. Owns a certificate of OpenSSL's.
package struct X509Certificate: ~Copyable {
  private let handle: OpaquePointer
  package let der: [UInt8]

  /// Nil when the bytes are not one certificate.
  package init?(der: [UInt8]) {
    var end: UnsafePointer<UInt8>?
    let handle = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      end = bytes.baseAddress
      guard let handle = d2i_X509(nil, &end, bytes.count) else { return nil }
      guard end == bytes.baseAddress.map({ $0 + bytes.count }) else {
        X509_free(handle)
        return nil
      }
      return handle
    }
    guard let handle else {
      OpenSSLErrors.clear()
      return nil
    }
    self.handle = handle
    self.der = der
  }

  deinit { X509_free(handle) }

  /// Its last second, counted from 1970; nil when it cannot be read.
  package var notAfter: Int64? {
    var seconds: Int64 = 0
    return shim_not_after(handle, &seconds) == 1 ? seconds : nil
  }

  /// Whether it is about the public half of the key.
  package func belongs(to key: borrowing RSAPrivateKey) -> Bool {
    defer { OpenSSLErrors.clear() }
    return X509_check_private_key(handle, key.handle) == 1
  }
}
