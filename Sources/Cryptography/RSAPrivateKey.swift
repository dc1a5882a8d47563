import COpenSSL

/// Signs. Owns a key of OpenSSL's.
package struct RSAPrivateKey: ~Copyable {
  let handle: OpaquePointer

  /// Nil unless the text is one RSA key in PEM (`PRIVATE KEY` or `RSA PRIVATE KEY`) without a passphrase.
  package init?(pem: String) {
    let bytes = Array(pem.utf8)
    guard let length = Int32(exactly: bytes.count), let handle = shim_read_private_key(bytes, length) else {
      OpenSSLErrors.clear()
      return nil
    }
    guard shim_is_rsa(handle) == 1 else {
      EVP_PKEY_free(handle)
      return nil
    }
    self.handle = handle
  }

  /// A new key.
  /// - Parameter bits: From 2048 on.
  package init?(bits: Int) {
    guard bits >= 2048, let length = UInt32(exactly: bits), let handle = shim_generate_rsa(length) else {
      OpenSSLErrors.clear()
      return nil
    }
    self.handle = handle
  }

  deinit { EVP_PKEY_free(handle) }

  /// The length of the modulus.
  package var bits: Int { Int(EVP_PKEY_get_bits(handle)) }

  /// Modulus and exponent of the public half, big-endian, as in a JSON Web Key.
  package var publicNumbers: (modulus: [UInt8], exponent: [UInt8]) {
    (number(of: OSSL_PKEY_PARAM_RSA_N), number(of: OSSL_PKEY_PARAM_RSA_E))
  }

  private func number(of parameter: String) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 2048)
    let count = shim_key_number(handle, parameter, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, Int(count))))
  }

  /// A signature over the message's SHA-256.
  /// - Throws: `SigningError` when OpenSSL cannot sign with this key.
  package func sign(_ message: [UInt8], _ padding: RSAPadding) throws(SigningError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw SigningError() }
    defer {
      EVP_MD_CTX_free(context)
      OpenSSLErrors.clear()
    }
    var keyContext: OpaquePointer?
    var count = 0
    guard EVP_DigestSignInit(context, &keyContext, EVP_sha256(), nil, handle) == 1,
      shim_set_padding(keyContext, padding.code) == 1,
      EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { throw SigningError() }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { throw SigningError() }
    return Array(signature.prefix(count))
  }
}

/// OpenSSL cannot sign with a key.
package struct SigningError: Error, CustomStringConvertible {
  package var description: String { "OpenSSL cannot sign with the private key" }
}

/// OpenSSL keeps a queue of errors for each thread; what is not looked at must not be taken for another call's.
enum OpenSSLErrors {
  static func clear() { ERR_clear_error() }
}
