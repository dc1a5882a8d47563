import COpenSSL

/// Verifies signatures, such as those of an identity provider's published keys. Owns a key of OpenSSL's.
package struct RSAPublicKey: ~Copyable {
  private let handle: OpaquePointer

  /// Nil when the numbers are no RSA key of 2,048 to 16,384 bits.
  /// - Parameters: Big-endian, as in a JSON Web Key (RFC 7518, section 6.3.1).
  package init?(modulus: [UInt8], exponent: [UInt8]) {
    guard (256...2048).contains(modulus.count), (1...8).contains(exponent.count),
      let handle = shim_rsa_public_key(modulus, Int32(modulus.count), exponent, Int32(exponent.count))
    else {
      OpenSSLErrors.clear()
      return nil
    }
    guard EVP_PKEY_get_bits(handle) >= 2048 else {
      EVP_PKEY_free(handle)
      return nil
    }
    self.handle = handle
  }

  deinit { EVP_PKEY_free(handle) }

  /// Whether the signature is one over the message's SHA-256 by the owner of this key.
  package func isValid(_ signature: [UInt8], for message: [UInt8], _ padding: RSAPadding) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      OpenSSLErrors.clear()
    }
    var keyContext: OpaquePointer?
    guard EVP_DigestVerifyInit(context, &keyContext, EVP_sha256(), nil, handle) == 1,
      shim_set_padding(keyContext, padding.code) == 1
    else { return false }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}
